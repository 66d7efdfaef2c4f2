/**
 * Saves rows of a history, and says so after each: `log-saver.ts <file> <first> <step> <count>`.
 * The other scripts start it.
 */
import { writeSync } from 'node:fs';
import { HistoryFile } from '../../lib/log';
import { numbersOf } from './log-rows';

const [file, ...numbers] = process.argv.slice(2);
const [first, step, count] = numbers.map(Number);
const history = new HistoryFile(file);
for (let k = 0; k < count; k++) {
  const epoch = first + k * step;
  history.save(epoch, ...numbersOf(epoch));
  writeSync(1, `${epoch}\n`);
}
