import { rmSync } from 'node:fs'
import { bundle, ROOT } from './bundle.ts'

/** Bundles src/ and its libraries to dist/printmaster.js. Started by `npm ci` too, before anything can have been built. */
rmSync(`${ROOT}dist`, { recursive: true, force: true })
await bundle(`export { runMain } from './src/main.ts'\n`, `${ROOT}dist/printmaster.js`, 'import.meta.filename')
