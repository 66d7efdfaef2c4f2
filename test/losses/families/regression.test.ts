import { casesIn } from '../table';
import { testAgreement, testExamples } from '../../support/agreement-suite';
import { floats } from '../../support/random';

const cases = casesIn('regression');

describe('worked examples', () => {
  // d = target − prediction = 2, 0, −½
  const arrays: [Float32Array, Float32Array] = [floats(1, 4, 2), floats(3, 4, 1.5)];

  testExamples(cases, {
    'regression.l1': { arrays, losses: [2, 0, 0.5], grad: [-1, 0, 1] },
    // 2², 0, ¼; −2d
    'regression.l2': { arrays, losses: [4, 0, 0.25], grad: [-4, 0, 1] },
    // 1·(2 − ½), 0, ½·¼; −d clamped to ±1
    'regression.huber': { arrays, losses: [1.5, 0, 0.125], grad: [-1, 0, 0.5] },
    // 0.3·(2 − 0.15), 0, 0.3·(½ − 0.15); −d clamped to ±0.3
    'regression.huber, delta 0.3': { arrays, losses: [0.555, 0, 0.105], grad: [-0.3, 0, 0.3] },
    // as Huber's with δ = 1
    'regression.smoothL1': { arrays, losses: [1.5, 0, 0.125], grad: [-1, 0, 0.5] },
    // 2 − 0.15, 0, ½ − 0.15; −d/0.3 clamped to ±1
    'regression.smoothL1, beta 0.3': { arrays, losses: [1.85, 0, 0.35], grad: [-1, 0, 1] },
    // as l1
    'regression.smoothL1, beta 0': { arrays, losses: [2, 0, 0.5], grad: [-1, 0, 1] },
  });
});

testAgreement(cases);
