// Package e2e holds the program against real servers: Icecast 2.4 from Debian with real sources and listeners, the emulated Wowza, a real
// Telegraf that runs the program through inputs.execd, and a real InfluxDB that is asked by InfluxQL what arrived.
//
// It needs icecast2 and influxd on the machine (Debian's packages icecast2 and influxdb) and builds Telegraf once, into the user's cache
// directory. It is a module of its own, so that none of this burdens a user of the program.
package e2e
