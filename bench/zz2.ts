import { scene } from './detector/scene';
import { runTorch } from './peers/torch';
import { random } from '../test/support/random';
const r = runTorch(scene(random(1)), '/usr/bin/python3', 3);
console.log(r);
