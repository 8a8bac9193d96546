/** A certificate request (PKCS #10, RFC 2986), for who has an authority already. */
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, hash, webcrypto } from 'node:crypto'
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509'

/** A request, its private key, both in PEM, and the pin of the key (RFC 7469, section 2.4). */
export interface KeyedRequest {
  readonly request: string
  readonly key: string
  readonly pin: string
}

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' }

/** Makes a key and the request of a server's certificate for it. */
export async function createServerRequest(
  name: string,
  { dnsNames, ipAddresses }: { readonly dnsNames: readonly string[]; readonly ipAddresses: readonly string[] },
): Promise<KeyedRequest> {
  const keys = (await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const names = [
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
  ]
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names),
    ],
  })
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' })
  return { request: `${request.toString('pem')}\n`, key: key.toString(), pin: pinOfKey(key.toString()) }
}

/** Returns the pin of the public part of a private key in PEM. @throws {Error} if it is not a key. */
export function pinOfKey(pem: string): string {
  return hash('sha256', createPublicKey(pem).export({ type: 'spki', format: 'der' }), 'base64url')
}
