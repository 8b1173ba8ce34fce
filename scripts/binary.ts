import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { bundle, ROOT } from './bundle.ts'

/** Builds `build/printmaster`: the bundle inside a copy of this Node, one file that needs nothing else. */
const out = `${ROOT}build`
const executable = `${out}/printmaster`
/** Node without its symbols; stripping after the bundle is inside would destroy it. */
const base = `${out}/node`

rmSync(out, { recursive: true, force: true })
mkdirSync(out)
await bundle(`import { runMain } from './src/main.ts'\nawait runMain()\n`, `${out}/printmaster.mjs`, 'process.execPath')
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
  }),
)
execFileSync(process.execPath, ['--build-sea', `${out}/sea-config.json`], { stdio: 'inherit' })
chmodSync(executable, 0o755)
rmSync(base)
execFileSync(executable, ['--version'], { stdio: 'inherit' })
console.log(`${executable}: ${Math.round(statSync(executable).size / 1e6)} MB`)
