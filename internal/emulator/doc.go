// Package emulator has an Icecast and a Wowza server for tests, for benchmarks and for -demo.
//
// They send what the real ones send, byte for byte where a capture exists: node orders and indentation of the three
// Icecast families, Listeners twice, unescaped realms, connections that close after each answer; Wowza's one-line document, form-encoded names,
// Java doubles, and its digest challenges. They also break as real ones do, see Fault.
//
// Digest responses are verified by this package's own code (RFC 2617, 7616 and 2069), so that a client and its test
// do not share a mistake. A server that asks for Digest and is sent a password with Basic counts it: BasicRefused must stay 0.
package emulator
