/** Refusals after which asking again is no use until somebody did something. */
export const HALTS = [
  'no_enrolment_token',
  'token_revoked',
  'token_expired',
  'agent_exists',
  'agent_mismatch',
  'scope_insufficient',
] as const
export type Halt = (typeof HALTS)[number]

export function isHalt(code: string | null): code is Halt {
  return HALTS.some((halt) => halt === code)
}

const create = 'printmaster token create --scope enrolment'
const reload = 'then have the agent read its config again (systemctl reload, or SIGHUP; a restart does as well)'
const put = `and put it into [server] enrolment_token, ${reload}`

const SENTENCES: Readonly<Record<Halt, (agent_id: string) => string>> = {
  no_enrolment_token: () =>
    `this agent is not registered, and [server] enrolment_token is not set; make a token on the server (${create}) ${put}`,
  token_revoked: (id) =>
    `the server has revoked this agent or its enrolment token; to let it in again, make a token on the server (${create} --agent ${id}) ${put}`,
  token_expired: () => `the enrolment token is used up or too old; make another one on the server (${create}) ${put}`,
  agent_exists: (id) =>
    `another agent is registered as ${id}; set another [server] agent_id, or, where this machine takes its place, make a token on the server (${create} --agent ${id}) ${put}`,
  agent_mismatch: (id) =>
    `the enrolment token names another agent than ${id}; set [server] agent_id to the one it names, or use a token for this one, ${reload}`,
  scope_insufficient: () =>
    `[server] enrolment_token holds a token of another scope; make one on the server (${create}) ${put}`,
}

/** What is wrong, and what to do. */
export function describeHalt(code: Halt, agent_id: string): string {
  return SENTENCES[code](agent_id)
}
