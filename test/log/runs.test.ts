/**
 * Runs that write to the history of a run before: rows of two pasts are not mixed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HistoryFile } from '../../lib/log';
import { thrownBy } from '../support/refusals';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'detloss-runs-'));
  file = path.join(folder, 'history.csv');
  const run = new HistoryFile(file);
  for (let epoch = 1; epoch <= 5; epoch++) run.save(epoch, { loss: epoch, giou: 1 }, { ap: 2 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = () => readFileSync(file, 'utf8');
const losses = () => new HistoryFile(file).read().map(({ epoch, train }) => [epoch, train.loss]);
const refusal = (epoch: number, later: string) =>
  `Error: HistoryFile.save: ${file}: expected no later rows of another run where epoch ${epoch} ` +
  `is saved again, got epochs ${later}; for a new run take another file, and to go on from here ` +
  `new HistoryFile(path, { laterRows: 'drop' })`;

const refusing = () => new HistoryFile(file, { laterRows: 'refuse' });

describe("with laterRows: 'refuse'", () => {
  test.each([
    [1, '2 to 5'],
    [3, '4 to 5'],
    [4, '5 to 5'],
  ])('a run that saves epoch %d again is refused, and the file is as before', (epoch, later) => {
    const before = text();
    expect(thrownBy(() => refusing().save(epoch, { loss: 9 }))).toBe(refusal(epoch, later));
    expect(text()).toBe(before);
  });

  test('a run goes on after the last epoch, or with it: killed before its checkpoint', () => {
    const again = refusing();
    again.save(5, { loss: 9 });
    again.save(6, { loss: 8 });
    expect(losses().slice(-3)).toEqual([
      [4, 4],
      [5, 9],
      [6, 8],
    ]);
  });

  test('an object may replace any row before its own ones', () => {
    const again = refusing();
    for (const epoch of [6, 7, 6]) again.save(epoch, { loss: 10 * epoch });
    again.save(5, { loss: 9 });
    expect(losses().slice(-3)).toEqual([
      [5, 9],
      [6, 60],
      [7, 70],
    ]);
  });

  test('an epoch that is not there has no other past: processes may share a file', () => {
    const [a, b] = [refusing(), refusing()];
    for (const [run, epoch] of [[a, 9] as const, [b, 8] as const, [a, 7] as const]) {
      run.save(epoch, { loss: 0 });
    }
    expect(losses().slice(-3)).toEqual([
      [7, 0],
      [8, 0],
      [9, 0],
    ]);
  });
});

describe("with laterRows: 'drop'", () => {
  test('a run that goes on from epoch 2 has its rows alone after it', () => {
    const again = new HistoryFile(file, { laterRows: 'drop' });
    again.save(3, { loss: 30 });
    expect(losses()).toEqual([
      [1, 1],
      [2, 2],
      [3, 30],
    ]);
    again.save(4, { loss: 40 });
    again.save(3, { loss: 31 });
    expect(losses().slice(-2)).toEqual([
      [3, 31],
      [4, 40],
    ]);
  });

  test('a new run has nothing of the old one, not even its columns', () => {
    new HistoryFile(file, { laterRows: 'drop' }).save(1, { diou: 3 }, { recall: 4 });
    expect(text()).toBe('epoch,diou,val_recall\n1,3,4\n');
  });

  test('nor has one that counts otherwise', () => {
    new HistoryFile(file, { laterRows: 'drop' }).save(0, { diou: 3 });
    expect(text()).toBe('epoch,diou\n0,3\n');
  });

  test('a run that goes on after the last epoch keeps all', () => {
    new HistoryFile(file, { laterRows: 'drop' }).save(6, { loss: 6 });
    expect(losses()).toHaveLength(6);
    expect(text()).toContain('epoch,loss,giou,val_ap\n');
  });
});

test.each([{}, { laterRows: 'keep' } as const])('with %j a row alone is replaced', (options) => {
  new HistoryFile(file, options).save(2, { loss: 20 });
  expect(losses()).toEqual([
    [1, 1],
    [2, 20],
    [3, 3],
    [4, 4],
    [5, 5],
  ]);
});

test('an option is one of the object itself', () => {
  const inherited = Object.create({ laterRows: 'drop' }) as object;
  new HistoryFile(file, inherited).save(2, { loss: 20 });
  expect(losses()).toHaveLength(5);
});

test('columns are those of a plain object', () => {
  for (const columns of [new Map([['loss', 1]]), new Float32Array(1), new Date(0), []]) {
    const before = text();
    expect(thrownBy(() => new HistoryFile(file).save(3, columns as never))).toMatch(
      /^TypeError: HistoryFile\.save: expected train to be an object, got /,
    );
    expect(text()).toBe(before);
  }
});
