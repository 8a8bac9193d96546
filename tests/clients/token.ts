import { inject } from 'vitest'
import { tokenOf } from '../demo/running-demo.ts'

/** Returns a new token of the profile `analyst`. A token lives ten minutes, and the files of this folder may begin later than that. */
export const tokenHere = (): Promise<string> => tokenOf(inject('world'), 'analyst')
