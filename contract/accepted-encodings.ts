/**
 * The content codings that we ask for and understand (RFC 9110 section 8.4.1), as a header `Accept-Encoding` says them. Nothing needs Brotli, whose decoder
 * in Node.js had holes.
 */
export const ACCEPTED_ENCODINGS = 'gzip, deflate'
