import type { Command } from '@oclif/core'
import { commands as helpCommands } from '@oclif/plugin-help'
import Agent from './commands/agent.ts'
import AuditExport from './commands/audit/export.ts'
import AuditVerify from './commands/audit/verify.ts'
import Audit from './commands/audit.ts'
import AgentCommand from './commands/command.ts'
import Demo from './commands/demo.ts'
import Export from './commands/export.ts'
import ReportPages from './commands/report/pages.ts'
import RetentionArchive from './commands/retention/archive.ts'
import RetentionPlan from './commands/retention/plan.ts'
import RetentionRestore from './commands/retention/restore.ts'
import RetentionRun from './commands/retention/run.ts'
import RetentionSet from './commands/retention/set.ts'
import RetentionShow from './commands/retention/show.ts'
import Scan from './commands/scan.ts'
import ServerBackup from './commands/server/backup.ts'
import ServerRestore from './commands/server/restore.ts'
import Server from './commands/server.ts'
import Simulate from './commands/simulate.ts'
import Status from './commands/status.ts'
import TokenCreate from './commands/token/create.ts'
import TokenList from './commands/token/list.ts'
import TokenRevoke from './commands/token/revoke.ts'

/**
 * Every command by its name, named one by one so that they are in the single executable as well. The files hold what help
 * and flags need; the work is loaded by the command that does it.
 */
export const COMMANDS: Record<string, Command.Class> = {
  ...helpCommands,
  agent: Agent,
  audit: Audit,
  'audit:export': AuditExport,
  'audit:verify': AuditVerify,
  command: AgentCommand,
  demo: Demo,
  export: Export,
  'report:pages': ReportPages,
  'retention:archive': RetentionArchive,
  'retention:plan': RetentionPlan,
  'retention:restore': RetentionRestore,
  'retention:run': RetentionRun,
  'retention:set': RetentionSet,
  'retention:show': RetentionShow,
  scan: Scan,
  simulate: Simulate,
  server: Server,
  status: Status,
  'server:backup': ServerBackup,
  'server:restore': ServerRestore,
  'token:create': TokenCreate,
  'token:list': TokenList,
  'token:revoke': TokenRevoke,
}

/** What help says of words that several commands begin with. */
export const TOPICS: Record<string, { description: string }> = {
  audit: { description: 'Who did what: read it, check it, keep it.' },
  report: { description: 'What was printed between two dates.' },
  retention: { description: 'What a server keeps how long; archives of the rest.' },
  server: { description: 'Take in what agents report; copy its database, put a copy in its place.' },
  token: { description: 'Make, show and revoke the tokens that open a server.' },
}
