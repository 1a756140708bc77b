// Package fleet asks all servers of one plugin block at the same time and keeps a slow or
// dead one from delaying or hiding any other.
//
// It knows which servers there are (Options, Endpoint, names behind a load balancer), in which
// order they are asked (those that answered last time first), how many at once, and which of them
// is backing off. It knows nothing of what they say: the plugin hands it one function per server.
package fleet
