/** The sections of config.ini whose secrets an agent needs. */
export const AGENT_SECRETS: readonly string[] = ['snmp', 'server']
