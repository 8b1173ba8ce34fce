import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { bundle, bundleWorker, ROOT } from './bundle.ts'

/** Builds `build/printmaster`: the bundle inside a copy of this Node, one file that needs nothing else. */
const out = `${ROOT}build`
const executable = `${out}/printmaster`
/** Node without its symbols; stripping after the bundle is inside would destroy it. */
const base = `${out}/node`

/** The prebuilt SQLite addon for the machine that builds, as the package itself finds it. */
function findAddon(): string {
  const binding = `${ROOT}node_modules/better-sqlite3/lib/binding.js`
  const { getPrebuildPath } = createRequire(import.meta.url)(binding) as { getPrebuildPath(): string | null }
  const path = getPrebuildPath()
  if (path === null) throw new Error(`better-sqlite3 has no prebuilt addon for ${process.platform}-${process.arch}`)
  return path
}

rmSync(out, { recursive: true, force: true })
mkdirSync(out)
await bundle(
  {
    stdin: { contents: `import { runMain } from './src/main.ts'\nawait runMain()\n`, resolveDir: ROOT, loader: 'ts' },
    outfile: `${out}/printmaster.mjs`,
  },
  'process.execPath',
)
await bundleWorker(`${ROOT}src/core/server/store-worker.ts`, `${out}/store-worker.cjs`)
copyFileSync(process.execPath, base)
try {
  execFileSync('strip', [base], { stdio: 'ignore' })
} catch {
  // without binutils the executable is larger, and works as well
}
writeFileSync(
  `${out}/sea-config.json`,
  JSON.stringify({
    main: `${out}/printmaster.mjs`,
    mainFormat: 'module',
    executable: base,
    output: executable,
    disableExperimentalSEAWarning: true,
    assets: { 'store-worker.cjs': `${out}/store-worker.cjs`, 'better_sqlite3.node': findAddon() },
  }),
)
execFileSync(process.execPath, ['--build-sea', `${out}/sea-config.json`], { stdio: 'inherit' })
chmodSync(executable, 0o755)
rmSync(base)
execFileSync(executable, ['--version'], { stdio: 'inherit' })
console.log(`${executable}: ${Math.round(statSync(executable).size / 1e6)} MB`)
