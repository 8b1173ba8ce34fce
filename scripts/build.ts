import { rmSync } from 'node:fs'
import { bundle, ROOT } from './bundle.ts'

/**
 * Bundles src/ and its libraries to dist/. Commands are files of their own there, so that one does not load what only
 * another needs. Started by `npm ci` too, before anything can have been built.
 */
rmSync(`${ROOT}dist`, { recursive: true, force: true })
await bundle(
  {
    entryPoints: { printmaster: `${ROOT}src/main.ts`, 'store-worker': `${ROOT}src/core/server/store-worker.ts` },
    outdir: `${ROOT}dist`,
    splitting: true,
    // beside each other, where one looks for the other
    chunkNames: '[name]-[hash]',
    // finds its addon beside itself
    external: ['better-sqlite3'],
  },
  'import.meta.filename',
)
