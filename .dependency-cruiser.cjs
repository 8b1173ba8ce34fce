/** Imports point one way (docs/architecture.md). Each rule names what a room may not reach. */
const core = (rooms) => `^src/core/(${rooms.join('|')})/`
const forbid = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to },
})
const outside = (name, library, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { pathNot: allowed },
  to: { path: `node_modules/${library}/` },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'a file that nothing imports is dead',
      from: { orphan: true, pathNot: ['^bin/', '^src/main\\.ts$', '\\.d\\.ts$'] },
      to: {},
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared',
      severity: 'error',
      comment: 'the shipped program imports only what package.json lists under dependencies',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    forbid('core-is-headless', '^src/core/', '^src/(cli|commands|tui)/|node_modules/(@oclif|ink|react)/'),
    forbid('model-stands-alone', core(['model']), '^src/(?!core/model/)', 'the vocabulary depends on nothing'),
    forbid('mib-on-model', core(['mib']), '^src/(?!core/(model|mib)/)'),
    forbid('snmp-on-model', core(['snmp']), '^src/(?!core/(model|mib|snmp)/)'),
    forbid('profiles-on-mib', core(['profiles']), '^src/(?!core/(model|mib|snmp|profiles)/)'),
    forbid('printer-below-scan', core(['printer']), '^src/(?!core/(model|mib|snmp|profiles|printer)/)'),
    forbid('targets-on-model', core(['targets']), '^src/(?!core/(model|targets)/)'),
    forbid('output-on-model', core(['output']), '^src/(?!core/(model|output)/)'),
    forbid('protocol-on-model', core(['protocol']), '^src/(?!core/(model|protocol)/)'),
    forbid(
      'lifecycle-and-log-on-model',
      core(['lifecycle', 'log']),
      '^src/(?!core/(model|lifecycle|log|config|output)/)',
    ),
    forbid('client-on-protocol', core(['client']), '^src/(?!core/(model|protocol|client|output|targets)/)'),
    forbid(
      'audit-and-store',
      core(['audit', 'store']),
      '^src/(?!core/(model|mib|protocol|audit|store|printer/serial))',
    ),
    forbid(
      'alerts-on-store-and-client',
      core(['alerts']),
      '^src/(?!core/(model|output|protocol|store|client|lifecycle|alerts)/)',
    ),
    forbid(
      'server-on-store',
      core(['server']),
      '^src/(?!core/(model|protocol|audit|store|alerts|server)/|core/lifecycle/clock)',
    ),
    forbid(
      'agent-on-scan-and-client',
      core(['agent']),
      '^src/(?!core/(model|mib|snmp|profiles|printer|scan|targets|protocol|store|client|lifecycle|log|agent)/|core/output/clean-text)',
    ),
    forbid('agent-for-commands', '^src/core/(?!(agent|config)/)', '^src/core/agent/', 'only doorways start an agent'),
    {
      name: 'config-takes-types-of-agent',
      severity: 'error',
      comment: 'config gives what an agent takes, and starts none',
      from: { path: core(['config']) },
      to: { path: core(['agent']), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'agent-takes-types-of-log',
      severity: 'error',
      comment: 'the logger is handed over',
      from: { path: core(['agent']) },
      to: { path: core(['log']), dependencyTypesNot: ['type-only'] },
    },
    forbid(
      'tui-on-feed',
      '^src/tui/',
      '^src/(?!tui/|core/(model|protocol|output|client)/)|node_modules/@oclif/',
      'the view shows what its feed brings',
    ),
    forbid(
      'feed-without-react',
      '^src/tui/(feed|views|screens)/',
      'node_modules/(ink|react)/',
      'drawn by components alone',
    ),
    outside('ink-in-the-view', '(ink|react)', ['^src/tui/']),
    outside('net-snmp-in-one-file', 'net-snmp', ['^src/core/snmp/usm\\.ts$'], 'the SNMP library stays replaceable'),
    outside(
      'sqlite-in-one-file',
      'better-sqlite3',
      ['^src/core/store/sqlite/open-database\\.ts$'],
      'nothing else knows which database it is',
    ),
    outside(
      'pino-in-one-file',
      'pino',
      ['^src/core/log/logger\\.ts$', '^src/cli/server-run\\.ts$'],
      'server-run takes the type alone',
    ),
    outside('undici-in-the-client', 'undici', ['^src/core/client/']),
    outside('ws-at-both-ends', 'ws', ['^src/core/(client|server/live)/']),
    outside('nodemailer-in-the-alerts', '(@types/)?nodemailer', ['^src/core/alerts/']),
    outside('fastify-in-the-server', '(fastify|@fastify)', ['^src/core/server/']),
    outside('cli-table3-in-one-file', 'cli-table3', ['^src/core/output/table\\.ts$']),
  ],
  options: {
    parser: 'swc',
    exclude: '^dist/',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
