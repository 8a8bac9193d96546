/** The option `--lang`, under the name by which the commands of this workspace know it. */
export { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
