import { casesIn } from '../table';
import { testAgreement, testExamples } from '../../support/agreement-suite';

const cases = casesIn('regression');

describe('worked examples', () => testExamples(cases));

testAgreement(cases);
