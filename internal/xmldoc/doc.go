// Package xmldoc reads the XML documents of streaming servers: one pass, from a stream, in
// bounded memory, without an allocation per element, and around the spots that are broken.
//
// # Why not encoding/xml
//
// Icecast and Wowza send, with status 200 and a right Content-Length, documents that are not
// well-formed: control characters in mount names, element names made of whatever a source put in a
// header (<album artist>, <9lives>), undefined entities, documents that end inside an attribute.
// One bad mount spoils the document of all mounts for a parser that stops there, and the listeners
// of the other mounts are just what an operator wants to know then. Speed is the second reason: a fleet is
// polled every few seconds, and the collector should cost next to nothing beside the servers.
//
// # What it reads
//
// A Scanner yields three kinds of events: Open and Close of an element that has children, and Leaf,
// an element that has none, with its text. Most of these documents are leaves, so most elements
// are one event. It checks what XML 1.0 asks for, and where a document is well-formed it gives the values that
// encoding/xml gives (a fuzz test holds the two against each other). Deliberate limits: no
// DOCTYPE, no entities but the five predefined ones and character references, at most 64 levels, at
// most 1 MiB for one tag or text.
//
// # What it reads around
//
// Every broken spot is counted (Recovered) and costs no more than the value it is in:
//
//   - A character that XML forbids, or invalid UTF-8: the value is kept with the bytes as they came.
//   - An entity that nobody defined: kept as text, "&foo;".
//   - A name that is no XML name: the element is read by its literal text, up to ">".
//   - An end tag that closes nothing: passed over. One that closes an outer element: closes
//     those inside as well.
//   - A tag whose attributes cannot be read: the element is there, without them.
//   - No white space between two attributes: they are read.
//   - A comment, CDATA section or processing instruction that never ends: its opening is passed over.
//   - Text or elements behind the root element: passed over.
//
// A document that ends before its root element does is Truncated, which is one more broken spot: what was read
// whole is good, and nothing can be said about the rest.
package xmldoc
