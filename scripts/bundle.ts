import { type BuildOptions, build, type Plugin } from 'esbuild'

/** One directory up from here, with a slash behind it. */
export const ROOT = new URL('..', import.meta.url).pathname

/** The view's library can be looked into while it runs, by a library that nobody ships. */
const WITHOUT_DEVTOOLS: Plugin = {
  name: 'without-devtools',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'empty' }))
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}' }))
  },
}

const SHARED: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node22.22',
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
  plugins: [WITHOUT_DEVTOOLS],
  // loaded only when it is needed, and a CommonJS library that is loaded so has no named exports in a bundle
  alias: { '@aws-sdk/client-s3': '@aws-sdk/client-s3/dist-es/index.js' },
  // React checks far more where it is not told so, and is slower for it
  define: { 'process.env.NODE_ENV': '"production"' },
  jsx: 'automatic',
}

/**
 * The program and its libraries as ES modules: a tenth of the files' time to start.
 *
 * @param here the expression that names the running file, for the CommonJS libraries inside
 */
export async function bundle(options: BuildOptions, here: string): Promise<void> {
  await build({
    ...SHARED,
    ...options,
    format: 'esm',
    // CommonJS libraries inside an ES module ask for these
    banner: {
      js: [
        `import { createRequire as __createRequire } from 'node:module'`,
        `const __filename = ${here}`,
        `const __dirname = __filename.slice(0, __filename.lastIndexOf('/'))`,
        `const require = __createRequire(__filename)`,
      ].join('\n'),
    },
  })
}

/** The worker as one CommonJS script: the form in which a thread of the single executable takes its code. */
export async function bundleWorker(entry: string, outfile: string): Promise<void> {
  await build({ ...SHARED, entryPoints: [entry], outfile, format: 'cjs' })
}
