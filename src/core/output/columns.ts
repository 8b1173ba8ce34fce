import { PrintMasterError } from '../model/error.ts'
import { type FieldPath, parseFieldPath } from './field-path.ts'

const MOST = 60

/**
 * `--columns a,b,c`: field paths in the order given (see parseFieldPath). The heading of a column, and its key in JSON,
 * is the path as typed. Raises PrintMasterError `bad_flag` for an unknown field, a field named twice or more than 60.
 */
export function parseColumns(text: string): FieldPath[] {
  if (text.length > 2000) throw new PrintMasterError('bad_flag', '--columns is longer than 2,000 characters')
  const names = text.split(',').map((part) => part.trim())
  if (names.length > MOST) throw new PrintMasterError('bad_flag', `--columns names more than ${MOST} fields`)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice) throw new PrintMasterError('bad_flag', `--columns names "${twice}" twice`)
  return names.map((name) => parseFieldPath(name, '--columns', 'bad_flag'))
}
