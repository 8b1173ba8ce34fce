import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

/** Builds `build/printmaster`: the bundle inside a copy of this Node, one file that needs nothing else. */
const root = new URL('..', import.meta.url).pathname
const out = `${root}build`
const executable = `${out}/printmaster`
/** Node without its symbols; stripping after the bundle is inside would destroy it. */
const base = `${out}/node`

rmSync(out, { recursive: true, force: true })
mkdirSync(out)
await build({
  stdin: { contents: `import { runMain } from './src/main.ts'\nawait runMain()\n`, resolveDir: root, loader: 'ts' },
  outfile: `${out}/printmaster.mjs`,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node26',
  minifySyntax: true,
  logLevel: 'warning',
  // CommonJS libraries inside an ES module bundle ask for these
  banner: {
    js: [
      `import { createRequire as __createRequire } from 'node:module'`,
      `const require = __createRequire(process.execPath)`,
      `const __filename = process.execPath`,
      `const __dirname = process.execPath.slice(0, process.execPath.lastIndexOf('/'))`,
    ].join('\n'),
  },
})
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
