/**
 * Names of columns that a spreadsheet would take for formulas: they are text in the file, and read
 * as they were.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { HistoryFile } from '../../lib/log';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'detloss-formulas-'));
  file = path.join(folder, 'history.csv');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The first line of a history with such a column. */
function headerWith(train: Record<string, number>, validation: Record<string, number> = {}) {
  rmSync(file, { force: true });
  const history = new HistoryFile(file);
  history.save(1, train, validation);
  history.save(2, train, validation);
  const row = { train, validation };
  expect(history.read()).toEqual([
    { epoch: 1, ...row },
    { epoch: 2, ...row },
  ]);
  return readFileSync(file, 'utf8').replace(/\n1,[^]*/, '');
}

test.each([
  ['=CMD()', "epoch,'=CMD()"],
  ["=cmd|' /C calc'!A0", "epoch,'=cmd|' /C calc'!A0"],
  ['+loss', "epoch,'+loss"],
  ['-loss', "epoch,'-loss"],
  ['@0.5', "epoch,'@0.5"],
  ['\tloss', "epoch,'\tloss"],
  ['\rloss', `epoch,"'\rloss"`],
  ['\nloss', `epoch,"'\nloss"`],
  ['＝loss', "epoch,'＝loss"],
  ["'=loss", "epoch,''=loss"],
  ["'loss", "epoch,'loss"],
  ["'", "epoch,'"],
  ['ap@0.5', 'epoch,ap@0.5'],
  ['1-loss', 'epoch,1-loss'],
  // In half of Europe a semicolon ends a cell, whatever the quotes around the whole.
  ['loss;=CMD()', "epoch,loss;'=CMD()"],
  ['loss,=CMD()', `epoch,"loss,'=CMD()"`],
  ['loss\t=CMD()', "epoch,loss\t'=CMD()"],
  ['"=CMD()', `epoch,"""'=CMD()"`],
])('%j', (name, header) => expect(headerWith({ [name]: 0.5 })).toBe(header));

test('names of validation have their letters before them, and are as they were', () => {
  expect(headerWith({ loss: 1 }, { '=loss': 2, 'a;=b': 3 })).toBe("epoch,loss,val_=loss,val_a;'=b");
});

test('a file of an earlier version, which wrote such a name as it is, is read', () => {
  writeFileSync(file, 'epoch,=loss,@0.5\n1,2,3\n');
  const history = new HistoryFile(file);
  expect(history.read()).toEqual([{ epoch: 1, train: { '=loss': 2, '@0.5': 3 }, validation: {} }]);
  history.save(2, { '=loss': 4 });
  expect(readFileSync(file, 'utf8')).toBe("epoch,'=loss,'@0.5\n1,2,3\n2,4,\n");
});

test('no cell begins a formula, wherever a spreadsheet splits the line', () => {
  const unit = fc.constantFrom(...'a\'"=+-@＝,;|\t\r\n');
  const name = fc.string({ minLength: 1, maxLength: 8, unit });
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 3 }), (names) => {
      const header = headerWith(Object.fromEntries(names.map((one) => [one, 0.5])));
      for (const cell of header.split(/[;,|"\t\r\n]/)) expect(cell).not.toMatch(/^[=+\-@＝]/);
    }),
    { numRuns: 100 },
  );
});
