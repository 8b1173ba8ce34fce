export const RETENTION_EXIT_CODES = [
  'Exit codes:',
  '0    done',
  '1    could not be done: server not reached or refused, archive not written or damaged, database unusable',
  '2    wrong usage or config',
].join('\n')

/** Of commands that take their time, and end where they are when they are asked to. */
export const INTERRUPTIBLE_EXIT_CODES = `${RETENTION_EXIT_CODES}\n130  ended by a signal before it was done`
