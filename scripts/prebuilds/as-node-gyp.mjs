// What prebuildify runs in place of node-gyp: cmake-js, for the architecture that it asks for.
import { compile } from './portable.mjs';

compile(process.env.PREBUILD_ARCH, 'detloss');
