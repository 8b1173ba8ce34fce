import { describeOpenFile, isOpenToOthers } from '../core/config/read-section.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { Secret } from '../core/model/secret.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { readTextFile } from '../core/targets/text-file.ts'
import { readKeyFromStdin } from './read-stdin.ts'

const LARGEST = 4096

/**
 * The token for a server elsewhere: `--token-file FILE`, else PRINTMASTER_TOKEN, else PRINTMASTER_TOKEN_FILE.
 * @param tell takes a warning about a file that others may read
 * @param scope what the token has to open, for the sentence that it is missing
 * @throws PrintMasterError bad_flag, file_unreadable
 */
export async function readToken(
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  tell: (sentence: string) => void,
  scope: 'an admin' | 'a viewer' = 'an admin',
): Promise<Secret> {
  if (flag === '-') return check(await readKeyFromStdin('--token-file'), '--token-file -')
  if (flag !== undefined) return check(await readFile(flag, tell), '--token-file')
  if (env.PRINTMASTER_TOKEN) return check(env.PRINTMASTER_TOKEN, 'PRINTMASTER_TOKEN')
  if (env.PRINTMASTER_TOKEN_FILE)
    return check(await readFile(env.PRINTMASTER_TOKEN_FILE, tell), 'PRINTMASTER_TOKEN_FILE')
  throw new PrintMasterError(
    'bad_flag',
    `--server wants ${scope} token: name a file with --token-file ("-" is stdin), or set PRINTMASTER_TOKEN or PRINTMASTER_TOKEN_FILE`,
  )
}

async function readFile(path: string, tell: (sentence: string) => void): Promise<string> {
  const { text, mode } = await readTextFile(path, quoteText(path), LARGEST)
  if (mode !== null && isOpenToOthers(mode)) tell(describeOpenFile(path))
  return text
}

/** Only what a header takes; the value itself is never repeated. */
function check(text: string, where: string): Secret {
  const token = text.trim()
  if (/^[\x21-\x7e]+$/.test(token)) return new Secret(token)
  throw new PrintMasterError('bad_flag', `${where}: ${token === '' ? 'is empty' : 'holds more than one token'}`)
}
