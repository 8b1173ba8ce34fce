import { Check } from 'typebox/value'
import { PrintMasterError } from '../core/model/error.ts'
import { agentId } from '../core/protocol/agents.ts'
import type { CreateTokenRequest } from '../core/protocol/tokens.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { readDuration } from './read-duration.ts'

const LONGEST_NAME = 256

/** The flags of `token create` as the protocol has them. @throws PrintMasterError bad_flag */
export function composeTokenRequest(flags: {
  scope: 'enrolment' | 'viewer' | 'admin'
  name?: string | undefined
  expires?: string | undefined
  uses?: number | undefined
  agent?: string | undefined
}): CreateTokenRequest {
  const { scope, name, expires, uses, agent } = flags
  if (scope !== 'enrolment') {
    if (uses !== undefined) throw mistake(`--uses goes with --scope enrolment only`)
    if (agent !== undefined) throw mistake(`--agent goes with --scope enrolment only`)
  }
  if (agent !== undefined && !Check(agentId, agent)) {
    throw mistake(`--agent ${quoteText(agent)}: an agent_id has letters, digits and . _ : -, at most 128 of them`)
  }
  if (name !== undefined && name.length > LONGEST_NAME)
    throw mistake(`--name is longer than ${LONGEST_NAME} characters`)
  return {
    scope,
    ...(name !== undefined && { name }),
    ...(expires !== undefined && { expires_in_seconds: readDuration(expires, '--expires') }),
    ...(uses !== undefined && { max_uses: uses }),
    ...(agent !== undefined && { agent_id: agent }),
  }
}

function mistake(problem: string): PrintMasterError {
  return new PrintMasterError('bad_flag', problem)
}
