import { scene } from './detector/scene';
import { prepare } from './detector/javascript';
import { yoloV3 } from '../lib/reference';
import { random } from '../test/support/random';
import { measure } from './measure';
const s = scene(random(1));
console.log(s.scales.map((x) => x.target.objectness.reduce((a, b) => a + b)));
const f = prepare(s);
const grads = s.scales.map((x) => new Float32Array(x.features.length));
const t = performance.now();
const r = yoloV3.loss({ ...s, grad: true });
console.log('reference', performance.now() - t, r.total, r.scales);
console.log(f(grads));
r.grads.forEach((g, k) => {
  let e = 0,
    m = 0,
    at = 0;
  g.forEach((v, i) => {
    const d = Math.abs(v - grads[k][i]);
    if (d > e) {
      e = d;
      at = i;
    }
    m = Math.max(m, Math.abs(v));
  });
  console.log(e / m, m, at % 85);
});
console.log(
  measure([() => f(grads)], { warmUp: 0, sample: 1, budget: 1000, rounds: 5 })[0] / 1e6,
  'ms',
);
