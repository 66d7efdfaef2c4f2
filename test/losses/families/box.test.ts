import { box, category } from '../../../lib/index';
import { casesIn } from '../table';
import { testAgreement, testExamples } from '../../support/agreement-suite';
import { floats } from '../../support/random';

const cases = casesIn('box');

describe('worked examples', () => testExamples(cases));

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
