import { describeFailure } from '../../client/describe-failure.ts'

const TIMEOUT = 10_000

/** Why a server of syslog or mail could not be told, in a few words. */
export const describeSocketError = (error: unknown): string =>
  describeFailure(error, { connect_ms: TIMEOUT, answer_ms: TIMEOUT, ca: 'its key ca' })
