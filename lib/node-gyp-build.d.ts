declare module 'node-gyp-build' {
  /** Loads the addon built for this platform, from build/Release or prebuilds. */
  function load(packageDirectory: string): unknown;
  export = load;
}
