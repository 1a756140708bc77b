package stream

import "slices"

// roster is the channels of one server. Servers list their mounts in the same order at every look, so the channel at the same
// place is tried first: that is one comparison, and nothing is kept for it but the order itself. An index by name
// is made where a document is not as the one before, and lives until the next one.
type roster struct {
	channels []*Channel // those of the last document first, in its order
	next     int        // in channels, where the name that is asked for next is likely to be

	index map[string]*Channel // or nil
}

// match sets the channel of each sighting. A name that is new becomes a channel.
func (r *roster) match(sightings []Sighting) {
	r.next, r.index = 0, nil
	inOrder := true
	for i := range sightings {
		s := &sightings[i]
		if s.Channel = r.at(s.Name); s.Channel != nil {
			continue
		}
		inOrder = false
		if s.Channel = r.Lookup(string(s.Name)); s.Channel == nil {
			s.Channel = &Channel{Name: string(s.Name), connected: NotConnected}
			r.channels = append(r.channels, s.Channel)
			r.index[s.Channel.Name] = s.Channel
		}
	}
	if !inOrder {
		r.reorder(sightings)
	}
	r.next = 0
}

// at returns the next channel if it has that name.
func (r *roster) at(name []byte) *Channel {
	if r.next < len(r.channels) && r.channels[r.next].Name == string(name) {
		r.next++
		return r.channels[r.next-1]
	}
	return nil
}

// reorder puts the channels of a document first.
func (r *roster) reorder(sightings []Sighting) {
	ordered := make([]*Channel, 0, len(r.channels))
	place := make(map[*Channel]bool, len(r.channels))
	add := func(c *Channel) {
		if !place[c] {
			place[c] = true
			ordered = append(ordered, c)
		}
	}
	for i := range sightings {
		add(sightings[i].Channel)
	}
	for _, c := range r.channels {
		add(c)
	}
	r.channels = ordered
}

// Lookup returns the channel of a name, or nil.
func (r *roster) Lookup(name string) *Channel {
	if r.index == nil {
		r.index = make(map[string]*Channel, len(r.channels))
		for _, c := range r.channels {
			r.index[c.Name] = c
		}
	}
	return r.index[name]
}

// Find is Lookup for the names of another document of the same server, which has them in the same order.
func (r *roster) Find(name []byte) *Channel {
	if c := r.at(name); c != nil {
		return c
	}
	return r.Lookup(string(name))
}

// forget takes channels away.
func (r *roster) forget(old func(*Channel) bool) {
	r.channels = slices.DeleteFunc(r.channels, func(c *Channel) bool {
		if !old(c) {
			return false
		}
		delete(r.index, c.Name)
		return true
	})
}
