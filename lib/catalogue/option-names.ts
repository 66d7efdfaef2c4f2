/**
 * The names of options, written out where V8 is faster with names that it knows. Written by npm run
 * generate.
 */

/** The options that single losses have of their own. */
export const OWN_OPTIONS: readonly string[] = [
  'alpha',
  'beta',
  'delta',
  'input',
  'labelSmoothing',
  'noObject',
];

/** One of those options, by its place; by the place −1 all options. V8 takes four times as long for a name that varies. */
export function ownOption(options: Readonly<Record<string, unknown>>, place: number): unknown {
  switch (place) {
    case -1:
      return options;
    case 0:
      return options.alpha;
    case 1:
      return options.beta;
    case 2:
      return options.delta;
    case 3:
      return options.input;
    case 4:
      return options.labelSmoothing;
    case 5:
      return options.noObject;
    default:
      throw new Error('an option is new: npm run generate');
  }
}

const ROOT = Object.prototype;

/**
 * Whether `Object.prototype` has none of the options and settings of all functions: V8 knows the
 * answer when it compiles this, for as long as nobody writes to it. All of them together are too long
 * (460 bytes of bytecode) for V8 to compile this into a small call, where it would leave no room for
 * the other checks.
 */
export function isRootClean(): boolean {
  return (
    !('alpha' in ROOT) &&
    !('anchors' in ROOT) &&
    !('batch' in ROOT) &&
    !('beta' in ROOT) &&
    !('box' in ROOT) &&
    !('categories' in ROOT) &&
    !('category' in ROOT) &&
    !('clamp' in ROOT) &&
    !('classes' in ROOT) &&
    !('confidence' in ROOT) &&
    !('coord' in ROOT) &&
    !('delta' in ROOT) &&
    !('features' in ROOT) &&
    !('format' in ROOT) &&
    !('grad' in ROOT) &&
    !('height' in ROOT) &&
    !('ignore' in ROOT) &&
    !('input' in ROOT) &&
    !('labelSmoothing' in ROOT) &&
    !('labels' in ROOT) &&
    !('lambda' in ROOT) &&
    !('layout' in ROOT) &&
    !('metric' in ROOT) &&
    !('negative' in ROOT) &&
    !('noObject' in ROOT) &&
    !('objectness' in ROOT) &&
    !('out' in ROOT) &&
    !('positive' in ROOT) &&
    !('reduction' in ROOT) &&
    !('sampleSize' in ROOT) &&
    !('scales' in ROOT) &&
    !('seed' in ROOT) &&
    !('target' in ROOT) &&
    !('threads' in ROOT) &&
    !('top' in ROOT) &&
    !('weight' in ROOT) &&
    !('weights' in ROOT) &&
    !('width' in ROOT)
  );
}
