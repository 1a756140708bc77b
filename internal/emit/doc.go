// Package emit is the last room of the house: points go in, and either line protocol or calls
// of a telegraf.Accumulator come out.
//
// A plugin builds a Point once and fills it again for every mount; the tags of a mount are a Series,
// made once in the life of the mount. To turns whatever accumulator Gather was given into a Sink: the
// binary's own one (Lines) takes points as they are and encodes them into one buffer, any other one,
// as in a custom Telegraf, gets the maps that its interface asks for.
//
// Nothing that a server sent can break a line here. Tag values and strings are made safe on the way in
// (see SafeTag and safeText), numbers that line protocol cannot carry are left out.
package emit
