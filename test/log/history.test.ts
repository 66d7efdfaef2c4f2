import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { HistoryFile, type HistoryFileOptions, type HistoryRow } from '../../lib/log';
import { thrownBy } from '../support/refusals';

let folder: string;
let file: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'detloss-history-')));
  file = path.join(folder, 'history.csv');
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = () => readFileSync(file, 'utf8');

/** What reading a file of this text gives. */
function readingOf(content: string): HistoryRow[] {
  writeFileSync(file, content);
  return new HistoryFile(file).read();
}

test('the example of the documentation', () => {
  const history = new HistoryFile(file);
  history.save(1, { total_loss: 2.5, ciou: 0.375 }, { total_loss: 3, ciou: 0.5 });
  expect(text()).toBe('epoch,total_loss,ciou,val_total_loss,val_ciou\n1,2.5,0.375,3,0.5\n');
  expect(history.read()).toEqual([
    {
      epoch: 1,
      train: { total_loss: 2.5, ciou: 0.375 },
      validation: { total_loss: 3, ciou: 0.5 },
    },
  ]);
});

test('no file, no rows; reading makes none', () => {
  expect(new HistoryFile(file).read()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('folders are made', () => {
  const deep = new HistoryFile(path.join(folder, 'runs', '7', 'history.csv'));
  deep.save(0, { loss: 1 });
  expect(deep.read()).toEqual([{ epoch: 0, train: { loss: 1 }, validation: {} }]);
});

test('nothing else is left in the folder', () => {
  const history = new HistoryFile(file);
  for (let epoch = 0; epoch < 5; epoch++) history.save(epoch, { loss: epoch });
  expect(readdirSync(folder)).toEqual(['history.csv']);
});

test('rows are in the order of the epochs', () => {
  const history = new HistoryFile(file);
  for (const epoch of [10, 2, 1, 100, 0]) history.save(epoch, { loss: epoch });
  expect(text()).toBe('epoch,loss\n0,0\n1,1\n2,2\n10,10\n100,100\n');
});

test("an epoch saved again has its row's place, and nothing of the row before", () => {
  const history = new HistoryFile(file);
  history.save(1, { loss: 1, ciou: 1 }, { loss: 1 });
  history.save(2, { loss: 2, ciou: 2 }, { loss: 2 });
  history.save(1, { loss: 3 });
  expect(text()).toBe('epoch,loss,ciou,val_loss\n1,3,,\n2,2,2,2\n');
  history.save(2, { loss: 4 });
  expect(text()).toBe('epoch,loss,ciou,val_loss\n1,3,,\n2,4,,\n');
});

test('a run that is resumed goes on with the same file, and two objects see one file', () => {
  new HistoryFile(file).save(1, { loss: 1 });
  const [a, b] = [new HistoryFile(file), new HistoryFile(file)];
  a.save(2, { loss: 2 });
  b.save(3, { loss: 3 });
  expect(a.read().map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
});

test('the path is the one of when the object was made', () => {
  const here = process.cwd();
  try {
    process.chdir(folder);
    const history = new HistoryFile('history.csv');
    process.chdir(here);
    history.save(1, { loss: 1 });
    expect(history.path).toBe(file);
    expect(text()).toBe('epoch,loss\n1,1\n');
  } finally {
    process.chdir(here);
  }
});

test('columns may grow, each after the others of its kind', () => {
  const history = new HistoryFile(file);
  history.save(1, { loss: 1 }, { loss: 2 });
  history.save(2, { ciou: 3, loss: 4 }, { object: 5 });
  history.save(3, {});
  expect(text()).toBe('epoch,loss,ciou,val_loss,val_object\n1,1,,2,\n2,4,3,,5\n3,,,,\n');
  expect(history.read()).toEqual([
    { epoch: 1, train: { loss: 1 }, validation: { loss: 2 } },
    { epoch: 2, train: { loss: 4, ciou: 3 }, validation: { object: 5 } },
    { epoch: 3, train: {}, validation: {} },
  ]);
});

test('an epoch without numbers', () => {
  const history = new HistoryFile(file);
  history.save(7, {});
  expect(text()).toBe('epoch\n7\n');
  expect(history.read()).toEqual([{ epoch: 7, train: {}, validation: {} }]);
});

test('numbers read back to the last bit', () => {
  const numbers = [
    NaN,
    Infinity,
    -Infinity,
    0,
    -0,
    0.1 + 0.2,
    1 / 3,
    5e-324,
    -1.7976931348623157e308,
    1e21,
    123456789012345680000,
    Math.fround(0.1),
  ];
  const train = Object.fromEntries(numbers.map((number, k) => [`n${k}`, number]));
  const history = new HistoryFile(file);
  history.save(1, train);
  history.save(2, {});
  const [row] = history.read();
  for (const [name, number] of Object.entries(train)) expect(row.train[name]).toBe(number);
});

test.each([
  'a,b',
  '"a"',
  '"',
  'a\nb',
  'a\r\nb',
  'a\r',
  '\r',
  '\n',
  ' a ',
  '#',
  '\uFEFFa',
  'é',
  '0',
])('a column called %j', (name) => {
  const history = new HistoryFile(file);
  history.save(1, { [name]: 0.5, loss: 1 });
  history.save(2, {}, { [name]: 0.25 });
  expect(history.read()).toEqual([
    { epoch: 1, train: { [name]: 0.5, loss: 1 }, validation: {} },
    { epoch: 2, train: {}, validation: { [name]: 0.25 } },
  ]);
});

test('whatever was saved last is read', () => {
  const name = fc.oneof(
    fc.string({ minLength: 1, unit: 'binary' }),
    fc.string({ minLength: 1, unit: fc.constantFrom(...'ab,"\'\n\r\t #;=\uFEFFé') }),
    fc.constantFrom('__proto__', 'constructor', '0', '1', 'val_loss', 'epoch', ' a', 'a '),
  );
  const columns = (names: fc.Arbitrary<string>) =>
    fc
      .array(fc.tuple(names, fc.double()), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries) as Record<string, number>);
  const train = columns(name.filter((one) => one !== 'epoch' && !one.startsWith('val_')));
  const saves = fc.array(fc.tuple(fc.nat(5), train, columns(name)), { maxLength: 8 });
  fc.assert(
    fc.property(saves, (all) => {
      rmSync(file, { force: true });
      const expected = new Map<number, HistoryRow>();
      for (const [epoch, ...parts] of all) {
        new HistoryFile(file).save(epoch, ...parts);
        expected.set(epoch, { epoch, train: parts[0], validation: parts[1] });
      }
      const rows = [...expected.values()].sort((a, b) => a.epoch - b.epoch);
      expect(new HistoryFile(file).read()).toEqual(rows);
    }),
    { numRuns: 60 },
  );
});

describe('files that others wrote', () => {
  const one = [{ epoch: 1, train: { loss: 0.5 }, validation: {} }];

  test.each([
    ['with the line ends of Windows', 'epoch,loss\r\n1,0.5\r\n'],
    ['with a byte order mark', '\uFEFFepoch,loss\n1,0.5\n'],
    ['with the line ends of both', 'epoch,loss\r\n1,0.5\n'],
    ['with quotes', '"epoch","loss"\n"1","0.5"\n'],
    ['with empty lines', 'epoch,loss\n\n1,0.5\n\n'],
    ['with numbers written otherwise', 'epoch,loss\n01,+5.0E-1\n'],
    ['with a number that begins with its point', 'epoch,loss\n1,.5\n'],
  ])('%s', (_, content) => expect(readingOf(content)).toEqual(one));

  test('with rows and columns in another order, which saving puts right', () => {
    const content = 'epoch,val_loss,loss\n3,1,2\n1,3,4\n';
    expect(readingOf(content).map(({ epoch }) => epoch)).toEqual([1, 3]);
    new HistoryFile(file).save(2, { loss: 6 }, { loss: 5 });
    expect(text()).toBe('epoch,loss,val_loss\n1,4,3\n2,6,5\n3,2,1\n');
  });

  test.each([
    ['', 'empty'],
    ['epoch,loss\n', 'a header alone'],
    ['\n', 'an empty line'],
  ])('without rows: %j, %s', (content) => {
    expect(readingOf(content)).toEqual([]);
    new HistoryFile(file).save(1, { loss: 0.5 });
    expect(new HistoryFile(file).read()).toEqual(one);
  });
});

describe('a file that is no history is named, with the line, and is left as it is', () => {
  test.each([
    ['step,loss\n1,2\n', 1, "expected the first column to be 'epoch', got 'step'"],
    ['{"epoch": 1}\n', 1, 'Invalid Opening Quote'],
    ['epoch,loss,loss\n1,2,3\n', 1, "expected one column of each name, got two 'loss'"],
    ['epoch,epoch\n1,1\n', 1, "expected one column of each name, got two 'epoch'"],
    ['epoch,,loss\n1,2,3\n', 1, "expected columns to have names, got ''"],
    ['epoch,val_\n1,2\n', 1, "expected columns to have names, got 'val_'"],
    ['epoch,loss\n1,2\n2\n', 3, 'expected 2 cells, one for each column, got 1'],
    ['epoch,loss\n\n1,2,3\n', 3, 'expected 2 cells, one for each column, got 3'],
    ['epoch,loss\n1,2\n2,high\n', 3, "expected a number in column 'loss', got 'high'"],
    ['epoch,loss\n1, 2\n', 2, "expected a number in column 'loss', got ' 2'"],
    ['epoch,loss\n1,0x2\n', 2, "expected a number in column 'loss', got '0x2'"],
    ['epoch,loss\n1,infinity\n', 2, "expected a number in column 'loss', got 'infinity'"],
    ['epoch,loss\n1,-\n', 2, "expected a number in column 'loss', got '-'"],
    ['epoch,loss\n1,.\n', 2, "expected a number in column 'loss', got '.'"],
    ['epoch,loss\n1,1e\n', 2, "expected a number in column 'loss', got '1e'"],
    ['epoch,loss\n1.5,2\n', 2, "expected a whole number in column 'epoch', got '1.5'"],
    ['epoch,loss\n-1,2\n', 2, "expected a whole number in column 'epoch', got '-1'"],
    ['epoch,loss\n,2\n', 2, "expected a whole number in column 'epoch', got ''"],
    ['epoch,loss\n9007199254740992,2\n', 2, "expected a whole number in column 'epoch'"],
    ['epoch,loss\n1,2\n2,3\n1,4\n', 4, 'expected an epoch that no line before has, got 1'],
    ['epoch,loss\n1,2\n01,4\n', 3, 'expected an epoch that no line before has, got 01'],
    ['epoch,loss\n1,"2\n', 2, 'Quote Not Closed'],
    ['epoch,loss\n1,2\n2,0.12', 3, "expected a whole line, got '2,0.12' and the file's end"],
    ['epoch,lo', 1, "expected a whole line, got 'epoch,lo' and the file's end"],
    ['\0\0\0\0', 1, 'expected a whole line'],
  ])('%j', (content, line, message) => {
    expect(thrownBy(() => readingOf(content))).toContain(
      `Error: HistoryFile: ${file}:${line}: ${message}`,
    );
    expect(thrownBy(() => new HistoryFile(file).save(5, { loss: 1 }))).toContain(message);
    expect(text()).toBe(content);
  });

  test('a folder', () => {
    expect(thrownBy(() => new HistoryFile(folder).read())).toContain('EISDIR');
    expect(thrownBy(() => new HistoryFile(folder).save(1, {}))).toContain('EISDIR');
  });

  test('in another encoding', () => {
    const bytes = Buffer.from('epoch,Größe\n1,2\n', 'latin1');
    writeFileSync(file, bytes);
    const message = `Error: HistoryFile: ${file}: expected UTF-8, got other bytes`;
    expect(thrownBy(() => new HistoryFile(file).read())).toBe(message);
    expect(thrownBy(() => new HistoryFile(file).save(5, { loss: 1 }))).toBe(message);
    expect(readFileSync(file)).toEqual(bytes);
  });
});

describe('argument errors', () => {
  const thrown = (...args: unknown[]) =>
    thrownBy(() =>
      new HistoryFile(file).save(...(args as Parameters<HistoryFile['save']>)),
    ).replace('HistoryFile.save: expected ', '');
  afterEach(() => expect(readdirSync(folder)).toEqual([]));

  test('of the path', () => {
    expect(thrownBy(() => new HistoryFile(5 as unknown as string))).toBe(
      'TypeError: HistoryFile: expected path to be a string, got 5',
    );
    expect(thrownBy(() => new HistoryFile(''))).toBe(
      "RangeError: HistoryFile: expected path not to be empty, got ''",
    );
  });

  test('of the options', () => {
    const made = (options: unknown) =>
      thrownBy(() => new HistoryFile(file, options as HistoryFileOptions));
    expect(made(null)).toBe('TypeError: HistoryFile: expected options to be an object, got null');
    expect(made({ later: 'drop' })).toBe(
      "TypeError: HistoryFile: unknown option 'later', did you mean 'laterRows'?",
    );
    expect(made({ laterRows: true })).toBe(
      'TypeError: HistoryFile: expected laterRows to be a string, got true',
    );
    expect(made({ laterRows: 'append' })).toBe(
      "RangeError: HistoryFile: expected laterRows to be 'keep', 'drop' or 'refuse', got 'append'",
    );
  });

  test('of the epoch', () => {
    for (const epoch of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      expect(thrown(epoch, {})).toBe(
        `RangeError: epoch to be a whole number of at least 0, got ${epoch}`,
      );
    }
    expect(thrown('1', {})).toBe("TypeError: epoch to be a number, got '1'");
  });

  test('of the columns', () => {
    expect(thrown(1)).toBe('TypeError: train to be an object, got undefined');
    expect(thrown(1, { loss: 1 }, null)).toBe('TypeError: validation to be an object, got null');
    expect(thrown(1, { loss: '1' })).toBe(
      "TypeError: column 'loss' of train to be a number, got '1'",
    );
    expect(thrown(1, {}, { loss: undefined })).toBe(
      "TypeError: column 'loss' of validation to be a number, got undefined",
    );
    expect(thrown(1, { '': 1 })).toBe("RangeError: columns of train to have names, got ''");
    expect(thrown(1, {}, { '': 1 })).toBe(
      "RangeError: columns of validation to have names, got ''",
    );
    // UTF-8 has no bytes for half of a surrogate pair: both names would become '\uFFFD'.
    for (const name of ['\uD83D', 'a\uDE00b', '\uDE00\uD83D']) {
      const rule = 'to have no half of a surrogate pair';
      expect(thrown(1, { [name]: 1 })).toBe(`RangeError: columns of train ${rule}, got '${name}'`);
      expect(thrown(1, {}, { [name]: 1 })).toBe(
        `RangeError: columns of validation ${rule}, got '${name}'`,
      );
    }
    for (const name of ['epoch', 'val_loss', 'val_']) {
      expect(thrown(1, { [name]: 1 })).toBe(
        `RangeError: no column of train to be 'epoch' or to begin with 'val_', got '${name}'`,
      );
    }
  });
});
