import { box, category } from '../../../lib/index';
import { casesIn, type Arrays } from '../table';
import { testAgreement, testExamples } from '../../support/agreement-suite';
import { floats } from '../../support/random';

const cases = casesIn('box');

describe('worked examples', () => {
  // Left, top, right, bottom: a square of side 2 and one to its right, half of each in the other.
  // |I| = 1·2, |U| = 4 + 4 − 2 = 6. By right, |I| grows by 2 and |U| by 0; by left, |U| shrinks by
  // 2: IoU changes by 2/6 and 2·2/36. The tops and bottoms coincide, so that the overlap has half
  // the derivative: by top, |I| shrinks by ½ and |U| by 2 − ½: −½/6 + 2·1.5/36 = 0.
  const crossing: Arrays = [floats(0, 0, 2, 2), floats(1, 0, 3, 2)];

  // Unit squares, 2 apart: |U| = 2, |C| = 4·1, ρ² = 3², c² = 4² + 1².
  const apart: Arrays = [floats(0, 0, 1, 1), floats(3, 0, 4, 1)];

  // Centre, height and width: a box √3 high about a unit square. |I| = 1, |U| = √3,
  // v = 4/π² (π/4 − π/6)² = 4/π² · π²/144 = 1/36.
  const tall: Arrays = [floats(5, 6, Math.sqrt(3), 1), floats(5, 6, 1, 1)];
  const [iou, v] = [1 / Math.sqrt(3), 1 / 36];
  const alpha = v / (1 - iou + v);
  // IoU = 1/h by h: −1/3. By w, at ties, |I| grows by ½ and |U| by √3 − ½:
  // ½/√3 − (√3 − ½)/3 = (1 − √3)/6.
  const iouBy = { h: -1 / 3, w: (1 - Math.sqrt(3)) / 6 };
  // arctan w/h by h and w: −w/(h² + w²) = −¼ and √3/4; v: −8/π² · π/12 times that.
  const vBy = { h: 1 / (6 * Math.PI), w: -Math.sqrt(3) / (6 * Math.PI) };
  // α by h and w, of α = v / (1 − IoU + v).
  const alphaBy = (axis: 'h' | 'w') =>
    ((1 - iou) * vBy[axis] + v * iouBy[axis]) / (1 - iou + v) ** 2;
  const ciouBy = (axis: 'h' | 'w') => -iouBy[axis] + alpha * vBy[axis];

  // An anchor 4 high and 2 wide: (y∗ − y)/hᵃ = ¼, (x∗ − x)/wᵃ = 3/2, ln h∗/h = ½, ln w∗/w = 0.
  const anchored: Arrays = [floats(0, 0, 1, 2), floats(1, 3, Math.exp(0.5), 2), floats(9, 9, 4, 2)];

  testExamples(cases, {
    'box.fasterRcnn': {
      arrays: anchored,
      // ½·1/16, 3/2 − ½, ½·¼
      losses: [1 / 32 + 1 + 1 / 8],
      // −¼/hᵃ, −1/wᵃ, −½/h
      grad: [-1 / 16, -1 / 2, -1 / 2, 0],
    },
    'box.fasterRcnn, delta 0.3': {
      arrays: anchored,
      // ½·1/16, 0.3·(3/2 − 0.15), 0.3·(½ − 0.15)
      losses: [1 / 32 + 0.405 + 0.105],
      grad: [-1 / 16, -0.3 / 2, -0.3, 0],
    },
    'box.yoloV1': {
      arrays: [floats(0, 0, 1, 9), floats(0.5, 0, 4, 1)],
      // ½² + 0 + (2 − 1)² + (1 − 3)²
      losses: [0.25 + 1 + 4],
      // −2·½, 0, −2·1/(2√1), −2·(−2)/(2√9)
      grad: [-1, 0, -1, 2 / 3],
    },
    'box.yoloV3': {
      // Two cells one above the other. In the first all is as it should be; in the second
      // y∗H − 1 = ¾, of which ŷ∗ = ln 3; x∗W − 0 = ½: 0; ln h∗/hᵃ = 0; ln w∗/wᵃ = 1.
      arrays: [
        floats(0, 0, 0, 0, 0, 1, 2, 0),
        floats(0.25, 0.5, 0.5, 0.25, 0.875, 0.5, 0.5, Math.E / 4),
        { height: 2, width: 1, anchors: floats(0.5, 0.25) },
      ],
      losses: [0, Math.log(3) ** 2 + 1 + 4 + 1],
      grad: [0, 0, 0, 0, -2 * Math.log(3), 2, 4, -2],
    },
    'box.iou': {
      arrays: crossing,
      format: 'xyxy',
      losses: [1 - 2 / 6],
      grad: [-1 / 9, 0, -1 / 3, 0],
    },
    'box.giou': {
      arrays: apart,
      format: 'xyxy',
      losses: [1 + (4 - 2) / 4],
      // Of 1 − |U|/|C|: by left, both shrink by 1; by right, |U| grows by 1; by top, |U| shrinks by
      // 1 and |C| by half of 4.
      grad: [1 / 4 - 2 / 16, 0, -1 / 4, 0],
    },
    'box.diou': {
      arrays: apart,
      format: 'xyxy',
      losses: [1 + 9 / 17],
      // By left, ρ² shrinks by 3 and c² by 2·4; by right, ρ² by 3; by top, c² by half of 2.
      grad: [-3 / 17 + (9 * 8) / 17 ** 2, 9 / 17 ** 2, -3 / 17, -9 / 17 ** 2],
    },
    'box.ciou': {
      arrays: tall,
      losses: [1 - iou + alpha * v],
      grad: [0, 0, ciouBy('h'), ciouBy('w')],
    },
    'box.ciou, alpha full': {
      arrays: tall,
      losses: [1 - iou + alpha * v],
      grad: [0, 0, ciouBy('h') + v * alphaBy('h'), ciouBy('w') + v * alphaBy('w')],
    },
  });
});

test('options may call losses while they are read', () => {
  const [pred, target] = [floats(0, 0, 2, 2), floats(1, 0, 3, 2)];
  const inner: unknown[] = [];
  const options = {
    get format(): 'xyxy' {
      inner.push(box.ciou(target, pred, { grad: true }));
      return 'xyxy';
    },
    get weight(): Float32Array {
      inner.push(box.iou(target, target, { reduction: 'none', weight: floats(3) }));
      return floats(1);
    },
    get threads(): number {
      inner.push(category.fasterRcnn(floats(0, 0), Int32Array.of(1)));
      return 1;
    },
  };
  const outer = box.iou(pred, target, options);
  expect(outer).toEqual(box.iou(pred, target, { format: 'xyxy' }));
  expect(inner).toContainEqual(box.ciou(target, pred, { grad: true }));
  expect(inner).toContainEqual({ losses: floats(0) });
  expect(inner).toContainEqual({ loss: expect.closeTo(Math.LN2, 6) as number });
});

testAgreement(cases);
