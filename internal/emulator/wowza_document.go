package emulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// tree is what a Wowza server has loaded. Orders are those of insertion: the real ones are those of hash tables.
type tree struct {
	now     func() time.Time
	started time.Time
	vhosts  []*vhost
}

type vhost struct {
	name         string
	started      time.Time
	applications []*application
}

type application struct {
	name      string
	started   time.Time
	instances []*instance
}

type instance struct {
	name    string
	started time.Time
	streams []Stream
}

// find returns the element called want, made by create if there is none.
func find[T any](list *[]*T, name func(*T) string, want string, create func() *T) *T {
	for _, e := range *list {
		if name(e) == want {
			return e
		}
	}
	e := create()
	*list = append(*list, e)
	return e
}

func (t *tree) instance(vhostName, applicationName, instanceName string) *instance {
	v := find(&t.vhosts, func(v *vhost) string { return v.name }, vhostName, func() *vhost { return &vhost{name: vhostName, started: t.started} })
	a := find(&v.applications, func(a *application) string { return a.name }, applicationName, func() *application {
		return &application{name: applicationName, started: t.now()}
	})
	return find(&a.instances, func(i *instance) string { return i.name }, instanceName, func() *instance {
		return &instance{name: instanceName, started: t.now()}
	})
}

func (t *tree) set(vhost, application, instance string, s Stream) {
	i := t.instance(vhost, application, instance)
	if at := slices.IndexFunc(i.streams, func(have Stream) bool { return have.Name == s.Name }); at >= 0 {
		i.streams[at] = s
		return
	}
	i.streams = append(i.streams, s)
}

func (t *tree) remove(vhost, application, instance, name string) {
	i := t.instance(vhost, application, instance)
	i.streams = slices.DeleteFunc(i.streams, func(s Stream) bool { return s.Name == name })
}

func (t *tree) unload(vhostName, name string) {
	for _, v := range t.vhosts {
		if v.name == vhostName {
			v.applications = slices.DeleteFunc(v.applications, func(a *application) bool { return a.name == name })
		}
	}
}

// connections are the players of streams, and one publisher each.
func (i *instance) connections() (n int) {
	for _, s := range i.streams {
		n += s.total() + 1
	}
	return n
}

func (a *application) connections() (n int) {
	for _, i := range a.instances {
		n += i.connections()
	}
	return n
}

func (v *vhost) connections() (n int) {
	for _, a := range v.applications {
		n += a.connections()
	}
	return n
}

// document writes the provider's answer: one line behind the declaration, no white space, no final newline.
func (w *Wowza) document(flat bool) string {
	d := &wowzaWriter{config: &w.config}
	fmt.Fprintf(d, "<?xml version=\"1.0\"?>\n<%s>", w.config.Root)
	if flat {
		d.flat(&w.tree)
	} else {
		d.nested(&w.tree)
	}
	fmt.Fprintf(d, "</%s>", w.config.Root)
	return d.String()
}

type wowzaWriter struct {
	strings.Builder
	config *WowzaConfig
}

func (d *wowzaWriter) leaf(name string, value any) { fmt.Fprintf(d, "<%s>%v</%s>", name, value, name) }

func (d *wowzaWriter) name(name string) { d.leaf("Name", JavaURLEncode(name)) }

// counters writes CONN and IO. The rate is about what so many players need, and a little different at every level, since Wowza reads
// one level after another.
func (d *wowzaWriter) counters(connections, publishers, level int) {
	d.leaf("ConnectionsCurrent", connections)
	accepted, rejected := 10*connections+7, connections/100
	d.leaf("ConnectionsTotal", accepted+rejected)
	d.leaf("ConnectionsTotalAccepted", accepted)
	d.leaf("ConnectionsTotalRejected", rejected)
	d.leaf("MessagesInBytesRate", JavaDouble(float64(publishers*16000+level)))
	d.leaf("MessagesOutBytesRate", JavaDouble(float64((connections-publishers)*16000+level)))
}

func (d *wowzaWriter) since(t time.Time) {
	d.leaf("TimeRunning", JavaDouble(float64(d.config.Now().Sub(t).Milliseconds())/1000))
}

func (d *wowzaWriter) nested(t *tree) {
	connections := 0
	for _, v := range t.vhosts {
		connections += v.connections()
	}
	d.counters(connections, 0, 0)
	for _, v := range t.vhosts {
		d.WriteString("<VHost>")
		d.name(v.name)
		d.since(v.started)
		d.leaf("ConnectionsLimit", 0)
		d.counters(v.connections(), 0, 1)
		for _, a := range v.applications {
			d.application(a)
		}
		d.WriteString("</VHost>")
	}
}

func (d *wowzaWriter) application(a *application) {
	d.WriteString("<Application>")
	d.name(a.name)
	d.leaf("Status", "loaded")
	d.since(a.started)
	d.counters(a.connections(), 0, 2)
	for _, i := range a.instances {
		d.WriteString("<ApplicationInstance>")
		d.name(i.name)
		d.since(i.started)
		d.counters(i.connections(), len(i.streams), 3)
		for _, s := range d.order(i.streams) {
			d.stream(s)
		}
		d.WriteString("</ApplicationInstance>")
	}
	d.WriteString("</Application>")
}

func (d *wowzaWriter) order(streams []Stream) []Stream {
	if !d.config.ShuffleStreams {
		return streams
	}
	streams = slices.Clone(streams)
	rand.Shuffle(len(streams), func(a, b int) { streams[a], streams[b] = streams[b], streams[a] })
	return streams
}

func (d *wowzaWriter) stream(s Stream) {
	d.WriteString("<Stream>")
	d.name(s.Name)
	for _, p := range d.protocols(s) {
		d.leaf("Sessions"+p.name, p.sessions)
	}
	d.leaf("SessionsTotal", s.total())
	d.WriteString("</Stream>")
}

type protocol struct {
	name     string
	sessions int
}

func (d *wowzaWriter) protocols(s Stream) []protocol {
	list := []protocol{{"Flash", s.Flash}, {"Cupertino", s.Cupertino}, {"SanJose", s.SanJose}, {"Smooth", s.Smooth}, {"RTSP", s.RTSP}}
	if !d.config.NoMPEGDash {
		list = append(list, protocol{"MPEGDash", s.MPEGDash})
	}
	return list
}

func (d *wowzaWriter) flat(t *tree) {
	for _, v := range t.vhosts {
		for _, a := range v.applications {
			for _, i := range a.instances {
				for _, s := range d.order(i.streams) {
					fmt.Fprintf(d, `<Stream vhostName="%s" applicationName="%s" appInstanceName="%s" streamName="%s"`,
						JavaURLEncode(v.name), JavaURLEncode(a.name), JavaURLEncode(i.name), JavaURLEncode(s.Name))
					for _, p := range d.protocols(s) {
						fmt.Fprintf(d, ` sessions%s="%d"`, p.name, p.sessions)
					}
					fmt.Fprintf(d, ` sessionsTotal="%d" />`, s.total())
				}
			}
		}
	}
}
