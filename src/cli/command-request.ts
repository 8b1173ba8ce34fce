import { formatDuration } from '../core/config/duration.ts'
import { PrintMasterError } from '../core/model/error.ts'
import {
  type CommandKind,
  type CommandRequest,
  LEAST_COMMAND_SECONDS,
  MOST_COMMAND_SECONDS,
} from '../core/protocol/commands.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import type { CommandFlags } from './command-flags.ts'
import { readDuration } from './read-duration.ts'

/** The flags as the protocol has them. @throws PrintMasterError bad_flag */
export function composeCommandRequest(kind: CommandKind, flags: CommandFlags): CommandRequest {
  const { target, ip, port, expires } = flags
  const refuse = (problem: string) => new PrintMasterError('bad_flag', problem)
  if (target !== undefined && kind !== 'scan_now') throw refuse('--target goes with scan_now only')
  if ((ip !== undefined || port !== undefined) && kind !== 'read_device') {
    throw refuse('--ip and --port go with read_device only')
  }
  if (kind === 'read_device' && ip === undefined) throw refuse('read_device wants the printer: name it with --ip')
  return {
    kind,
    params: {
      ...(target !== undefined && { targets: [...target] }),
      ...(ip !== undefined && { ip }),
      ...(port !== undefined && { port }),
    },
    ...(expires !== undefined && { expires_in_seconds: readExpiry(expires) }),
  }
}

function readExpiry(text: string): number {
  const seconds = readDuration(text, '--expires')
  if (seconds >= LEAST_COMMAND_SECONDS && seconds <= MOST_COMMAND_SECONDS) return seconds
  const problem = seconds < LEAST_COMMAND_SECONDS ? 'is too short' : 'is too long'
  const bounds = `${formatDuration(LEAST_COMMAND_SECONDS)} to ${MOST_COMMAND_SECONDS / 3600}h`
  throw new PrintMasterError('bad_flag', `--expires: ${quoteText(text)} ${problem}; it takes ${bounds}`)
}
