import { isIP } from 'node:net'
import { ApiError, type FieldMistake } from '../../protocol/api-error.ts'
import type { CommandKind, CommandParams } from '../../protocol/commands.ts'

const TAKES: Readonly<Record<CommandKind, readonly (keyof CommandParams)[]>> = {
  scan_now: ['targets'],
  read_device: ['ip', 'port'],
  reload_config: [],
  send_diagnostics: [],
}

/**
 * Whether the parameters go with the kind. Whether they lie within what the agent may ask, the agent alone decides.
 * @throws ApiError invalid_body
 */
export function checkCommandParams(kind: CommandKind, params: CommandParams): void {
  const taken = TAKES[kind]
  const fields: FieldMistake[] = (Object.keys(params) as (keyof CommandParams)[])
    .filter((name) => !taken.includes(name))
    .map((name) => ({ path: `/params/${name}`, problem: `does not go with ${kind}` }))
  if (params.targets?.length === 0) {
    fields.push({ path: '/params/targets', problem: 'is empty; leave it out for all targets of the agent' })
  }
  if (kind === 'read_device' && isIP(params.ip ?? '') === 0) {
    fields.push({ path: '/params/ip', problem: 'must be the address of a printer that the agent watches' })
  }
  if (fields.length > 0) throw new ApiError('invalid_body', 'the body does not fit', { fields })
}
