/**
 * The example that reads COCO's format: what is certain is read right, what is not is refused, and
 * every annotation that is left out is counted.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readCoco } from '../../examples/yolo-v3-loss/coco';
import { thrownBy } from '../support/refusals';

type Entry = Record<string, unknown>;

const IMAGE = { id: 11, width: 100, height: 200 };
const CATEGORIES = [{ id: 1 }, { id: 10 }, { id: 2 }];
const BOX: Entry = { id: 5, image_id: 11, category_id: 2, bbox: [10, 20, 30, 40] };
const OBJECT = { box: [0.2, 0.25, 0.2, 0.3], label: 1 };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'detloss-coco-'));
  file = path.join(folder, 'boxes.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What reading a file of this content gives. */
function readingOf(content: unknown, limit = 100) {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readCoco(file, limit);
}

const withBox = (change: Entry, image: Entry = IMAGE) => ({
  images: [image],
  categories: CATEGORIES,
  annotations: [{ ...BOX, ...change }],
});

/** The objects of the first image, rounded, and what was left out. */
function outcome(content: unknown, limit?: number) {
  const { images, leftOut } = readingOf(content, limit);
  const objects = images[0].objects.map(({ box, label }) => ({
    box: box.map((side) => Math.round(side * 1e9) / 1e9),
    label,
  }));
  return { objects, leftOut: Object.fromEntries(leftOut) };
}

describe('read as what it means', () => {
  test.each<[string, unknown]>([
    ['numbers', withBox({})],
    ['a box of texts', withBox({ bbox: ['10', '20.0', '3e1', '40'] })],
    ['an image id as a text', withBox({ image_id: '11' })],
    ['the id of the image as a text', withBox({}, { ...IMAGE, id: '11' })],
    ['a category id as a text', withBox({ category_id: '2' })],
    ['an image of texts', withBox({}, { id: 11, width: '100', height: '200' })],
    ['flags of texts', withBox({ iscrowd: '0', ignore: '0' })],
    ['flags that are no numbers', withBox({ iscrowd: false, ignore: null })],
    ['no id of the annotation', withBox({ id: undefined })],
    ['a byte order mark', `\uFEFF${JSON.stringify(withBox({}))}`],
  ])('%s', (_, content) => {
    expect(outcome(content)).toEqual({ objects: [OBJECT], leftOut: {} });
  });

  test('texts that are no numbers, as ids', () => {
    const content = withBox({ image_id: 'img_a', category_id: 'dog' }, { ...IMAGE, id: 'img_a' });
    const { classes, images } = readingOf({ ...content, categories: [{ id: 'dog' }] });
    expect(classes).toBe(1);
    expect(images[0]).toMatchObject({ id: 'img_a', objects: [{ label: 0 }] });
  });

  test('labels are in the order of the ids, of all categories, whether they have boxes or not', () => {
    const annotations = [10, 1, 2].map((category_id, id) => ({ ...BOX, id, category_id }));
    for (const categories of [CATEGORIES, undefined]) {
      const { classes, images } = readingOf({ images: [IMAGE], annotations, categories });
      expect(classes).toBe(3);
      expect(images[0].objects.map(({ label }) => label)).toEqual([2, 0, 1]);
    }
    expect(readingOf(withBox({})).classes).toBe(3);
  });

  test('a box that is partly outside, as the part that is inside', () => {
    const { objects } = outcome(withBox({ bbox: [-50, 150, 100, 1e308] }));
    expect(objects).toEqual([{ box: [0.875, 0.25, 0.25, 0.5], label: 1 }]);
  });
});

describe('left out and counted', () => {
  test.each<[string, Entry]>([
    ['crowds', { iscrowd: 1 }],
    ['crowds', { iscrowd: '1', bbox: undefined }],
    ['crowds', { iscrowd: true, ignore: 1 }],
    ['to be ignored', { ignore: 1 }],
    ['of images not listed', { image_id: 12 }],
    ['boxes without area', { bbox: [10, 20, 0, 40] }],
    ['boxes without area', { bbox: [10, 20, 30, '0'] }],
    ['boxes outside of their image', { bbox: [100, 20, 30, 40] }],
    ['boxes outside of their image', { bbox: [10, 20, 1e-300, 40] }],
  ])('%s: %j', (reason, change) => {
    expect(outcome(withBox(change))).toEqual({ objects: [], leftOut: { [reason]: 1 } });
  });

  test('with those of images that are not taken, every annotation is used or counted', () => {
    const annotations = [BOX, { image_id: 12 }, { image_id: 12 }, { image_id: 13 }].map(
      (one, id) => ({ ...one, id }),
    );
    const images = [IMAGE, { ...IMAGE, id: 12 }];
    expect(outcome({ images, annotations, categories: CATEGORIES }, 1)).toEqual({
      objects: [OBJECT],
      leftOut: { 'of images after the first ones': 2, 'of images not listed': 1 },
    });
  });
});

describe('refused, with the file and the place', () => {
  const numbers = 'bbox to be 4 numbers, [left, top, width, height]';
  test.each<[Entry, string]>([
    [{ bbox: undefined }, `${numbers}, got undefined`],
    [{ bbox: null }, `${numbers}, got null`],
    [{ bbox: [] }, `${numbers}, got []`],
    [{ bbox: '10,20,30,40' }, `${numbers}, got "10,20,30,40"`],
    [{ bbox: [10, 20, 30] }, `${numbers}, got [10,20,30]`],
    [{ bbox: [10, 20, 30, null] }, `${numbers}, got [10,20,30,null]`],
    [{ bbox: [10, 20, 30, 'NaN'] }, `${numbers}, got [10,20,30,"NaN"]`],
    [{ bbox: [10, 20, '', 40] }, `${numbers}, got [10,20,"",40]`],
    [{ bbox: [10, 20, '0x10', 40] }, `${numbers}, got [10,20,"0x10",40]`],
    [{ bbox: [10, 20, -30, 40] }, 'width and height of bbox to be at least 0, got [10,20,-30,40]'],
    [{ category_id: 3 }, "category_id to be one of 'categories', got 3"],
    [{ category_id: undefined }, 'category_id to be a number or a text, got undefined'],
    [{ image_id: undefined }, 'image_id to be a number or a text, got undefined'],
    [{ image_id: [11] }, 'image_id to be a number or a text, got [11]'],
    [{ iscrowd: 2 }, 'iscrowd to be 0 or 1, got 2'],
    [{ iscrowd: 'no' }, 'iscrowd to be 0 or 1, got "no"'],
    [{ ignore: '' }, 'ignore to be 0 or 1, got ""'],
  ])('%j', (change, message) => {
    expect(thrownBy(() => readingOf(withBox(change)))).toBe(
      `Error: ${file}: annotation 5: expected ${message}`,
    );
    expect(thrownBy(() => readingOf(withBox({ ...change, id: undefined })))).toBe(
      `Error: ${file}: annotations[0]: expected ${message}`,
    );
  });

  test.each<[string, Entry, string]>([
    ['no width', { width: undefined }, 'width to be above 0, got undefined'],
    ['no height', { height: null }, 'height to be above 0, got null'],
    ['a width of 0', { width: 0 }, 'width to be above 0, got 0'],
    ['a negative height', { height: -1 }, 'height to be above 0, got -1'],
    ['a height that is no number', { height: 'NaN' }, 'height to be above 0, got "NaN"'],
  ])('an image of %s', (_, change, message) => {
    expect(thrownBy(() => readingOf(withBox({}, { ...IMAGE, ...change })))).toBe(
      `Error: ${file}: image 11: expected ${message}`,
    );
  });

  test.each<[string, unknown, string]>([
    ['an empty file', '', 'expected JSON: Unexpected end of JSON input'],
    ['NaN, which Python writes', '{"images": [NaN]}', 'expected JSON: Unexpected token'],
    ['a list', [BOX], `expected an object with 'images' and 'annotations', got [{"id":5,`],
    ['null', 'null', "expected an object with 'images' and 'annotations', got null"],
    ['nothing in it', {}, "expected 'images' and 'annotations', with at least one of each"],
    [
      'no annotations',
      { images: [IMAGE], annotations: [] },
      "expected 'images' and 'annotations', with at least one of each",
    ],
    ['images that are no list', { images: {} }, "expected 'images' to be a list, got {}"],
    [
      'an annotation that is none',
      { images: [IMAGE], annotations: [BOX, null] },
      'annotations[1]: expected an object, got null',
    ],
    [
      'an image without id',
      withBox({}, { ...IMAGE, id: undefined }),
      'images[0]: expected id to be a number or a text, got undefined',
    ],
    [
      'an image twice',
      { ...withBox({}), images: [IMAGE, { ...IMAGE, id: '11' }] },
      'image 11: expected one image of each id, got two',
    ],
    [
      'a category twice',
      { ...withBox({}), categories: [...CATEGORIES, { id: '2' }] },
      'category 2: expected one category of each id, got two',
    ],
    [
      'an annotation twice',
      { ...withBox({}), annotations: [BOX, { ...BOX }] },
      'annotation 5: expected one annotation of each id, got two',
    ],
  ])('%s', (_, content, message) => {
    expect(thrownBy(() => readingOf(content))).toContain(`Error: ${file}: ${message}`);
  });
});

describe('the command', () => {
  const main = path.join(__dirname, '..', '..', 'examples', 'yolo-v3-loss', 'main.ts');
  const run = (content: unknown) => {
    writeFileSync(file, JSON.stringify(content));
    const history = path.join(folder, 'history.csv');
    const args = ['--import', 'tsx', main, file, '--steps', '1', '--history', history];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { stdout, stderr, status, history };
  };

  test('has the same result of texts as of numbers, and starts a new history', () => {
    const [numbers, texts] = [withBox({}), withBox({ bbox: ['10', '20', '30', '40'] })].map(run);
    const total = /\ntotal \d+\.\d+\n/;
    expect(numbers).toMatchObject({ status: 0, stderr: '' });
    expect(texts).toMatchObject({ status: 0, stderr: '' });
    expect(texts.stdout.match(total)?.[0]).toBe(numbers.stdout.match(total)![0]);
    expect(readFileSync(texts.history, 'utf8').split('\n')).toHaveLength(4);
  });

  test('fails where nothing can be used, and says why', () => {
    const { stdout, stderr, status } = run(withBox({ ignore: 1 }));
    expect(status).toBe(1);
    expect(stdout).toBe('1 images with 0 boxes\nleft out: 1 (to be ignored: 1)\n');
    expect(stderr).toBe(`Error: ${file}: expected at least one box that can be used, got none\n`);
  });

  test('fails with one line where the file is wrong', () => {
    const { stdout, stderr, status } = run(withBox({ bbox: undefined }));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: .*annotation 5: expected bbox .*\n$/);
  });
});
