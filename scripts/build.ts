import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'

/** Compiles src/ to dist/. Started by `npm ci` too, before anything can have been built. */
const root = new URL('..', import.meta.url).pathname
rmSync(`${root}dist`, { recursive: true, force: true })
const compiler = `${root}node_modules/typescript/bin/tsc`
const { status } = spawnSync(process.execPath, [compiler, '-p', `${root}tsconfig.json`], { stdio: 'inherit' })
if (status !== 0) process.exit(1)
