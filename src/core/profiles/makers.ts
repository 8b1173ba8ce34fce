import { BROTHER } from './makers/brother.ts'
import { CANON } from './makers/canon.ts'
import { DELL } from './makers/dell.ts'
import { EPSON } from './makers/epson.ts'
import { FUJIFILM } from './makers/fujifilm.ts'
import { HP } from './makers/hp.ts'
import { KONICA_MINOLTA } from './makers/konica-minolta.ts'
import { KYOCERA } from './makers/kyocera.ts'
import { LEXMARK } from './makers/lexmark.ts'
import { OKI } from './makers/oki.ts'
import { PANTUM } from './makers/pantum.ts'
import { RICOH } from './makers/ricoh.ts'
import { SAMSUNG } from './makers/samsung.ts'
import { SHARP } from './makers/sharp.ts'
import { TOSHIBA } from './makers/toshiba.ts'
import { TOSHIBA_TEC } from './makers/toshiba-tec.ts'
import { XEROX } from './makers/xerox.ts'
import { ZEBRA } from './makers/zebra.ts'
import type { Profile } from './profile.ts'

/** The makers whose devices are known, one file each; a device of another maker is read by the standards alone. */
export const MAKERS: readonly Profile[] = [
  BROTHER,
  CANON,
  DELL,
  EPSON,
  FUJIFILM,
  HP,
  KONICA_MINOLTA,
  KYOCERA,
  LEXMARK,
  OKI,
  PANTUM,
  RICOH,
  SAMSUNG,
  SHARP,
  TOSHIBA,
  TOSHIBA_TEC,
  XEROX,
  ZEBRA,
]
