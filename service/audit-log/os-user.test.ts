import { userInfo } from 'node:os'
import { expect, it } from 'vitest'
import { osUser } from './os-user.ts'

it('the user of the operating system has a name', () => {
  expect(osUser()).toEqual({ name: userInfo().username, source: 'OS_USER' })
})

it('a number without an account, as in a container, stands for the name', () => {
  const find = (): never => {
    throw Object.assign(new Error('uv_os_get_passwd returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' })
  }
  expect(osUser(find)).toEqual({ name: `uid ${process.getuid?.()}`, source: 'OS_USER' })
})

it('another failure is not hidden', () => {
  const find = (): never => {
    throw new TypeError('no function')
  }
  expect(() => osUser(find)).toThrow('no function')
})
