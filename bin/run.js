#!/usr/bin/env node
// Plain enough for any Node to parse: an old one must get as far as the message.
var wanted = [22, 22]
var found = process.versions.node.split('.').map(Number)
if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  process.stderr.write(
    'printmaster needs Node.js ' +
      wanted.join('.') +
      ' or newer; this is ' +
      process.versions.node +
      '. ' +
      'Install a newer one (nodejs.org or your package manager), ' +
      'or start it with the one it brings: node_modules/.bin/node bin/run.js\n',
  )
  process.exit(2)
} else {
  import('../dist/printmaster.js').then(
    (main) => main.runMain(),
    (error) => {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
      process.stderr.write(`printmaster has not been built yet: run "npm run build" first (${error.message})\n`)
      process.exit(2)
    },
  )
}
