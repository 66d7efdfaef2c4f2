import { scene } from './detector/scene';
import { runTfjs } from './peers/tfjs';
import { random } from '../test/support/random';
import { yoloV3 } from '../lib/reference';
const s = scene(random(1));
void runTfjs(s, process.argv[2], { warmUp: 0, sample: 1, budget: 3000, rounds: 3 }).then(
  (o: any) => {
    if (!o.grads) return console.log(o);
    console.log(o.name, o.milliseconds, o.total);
    const r = yoloV3.loss({ ...s, grad: true });
    r.grads.forEach((g, k) => {
      let e = 0,
        m = 0,
        at = 0;
      g.forEach((v, i) => {
        const d = Math.abs(v - o.grads[k][i]);
        if (d > e) {
          e = d;
          at = i;
        }
        m = Math.max(m, Math.abs(v));
      });
      console.log(e / m, m, at % 85);
    });
  },
);
