// Command bench measures this project beside what a user would pick instead, in one run, and prints tables of ratios.
//
// Contenders take turns in every round, so that a machine that is busy for a while is so for all of them; medians are compared,
// on one core. What is measured: reading the servers' documents (encoding/xml, tdewolff's lexer, Telegraf's xpath parser, and
// the floor, a sweep for every "<"), documents to line protocol, polling a thousand servers beside a client that only
// discards, memory for five thousand, the whole chain under Telegraf beside inputs.http with xpath, and the program's size,
// start and memory. Memory, descriptors and the chain are those of the program as it is released, on all cores. It is a module of
// its own, so that the others burden no user of the program. All traffic stays on loopback.
package main
