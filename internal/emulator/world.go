package emulator

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// WorldServer is one server of a World, and how to reach it.
type WorldServer struct {
	Platform string // "icecast" or "wowza"
	Name     string // for the host tag
	URL      string
	Username string
	Password string
}

// World is a small radio network for demonstrations: three Icecast-KH edges, an Icecast 2.5 and two Wowza servers that carry the same channels. Listeners
// come and go, titles change, sources restart, and one edge is down now and then. The same seed gives the same story.
type World struct {
	random  *rand.Rand
	now     func() time.Time
	icecast []*Icecast
	wowza   []*Wowza
	tick    int
}

const (
	worldVHost       = "_defaultVHost_"
	worldApplication = "live"
	worldInstance    = "_definst_"
	worldUser        = "admin"
	worldPassword    = "demo"
)

// worldChannels are the channels and how many listen to each on one server on average.
var worldChannels = []struct {
	name   string
	genre  string
	normal float64
}{
	{"live", "Talk", 900}, {"rock", "Rock", 400}, {"jazz", "Jazz", 120}, {"news", "News", 650}, {"night", "Ambient", 45},
}

// StartWorld starts all servers.
func StartWorld(seed uint64, now func() time.Time) (*World, error) {
	w := &World{random: rand.New(rand.NewPCG(seed, 1)), now: now}
	for i := range 4 {
		family := KH
		if i == 3 {
			family = V25
		}
		s, err := StartIcecast(IcecastConfig{Family: family, Username: worldUser, Password: worldPassword, Now: now})
		if err != nil {
			w.Close()
			return nil, err
		}
		w.icecast = append(w.icecast, s)
	}
	for _, profile := range []Profile{ProfileWMS3, ProfileWSE48Basic} {
		s, err := StartWowza(WowzaConfig{Auth: profile, Username: worldUser, Password: worldPassword, Now: now})
		if err != nil {
			w.Close()
			return nil, err
		}
		w.wowza = append(w.wowza, s)
	}
	w.fill()
	return w, nil
}

// Servers are the servers to poll.
func (w *World) Servers() []WorldServer {
	list := make([]WorldServer, 0, len(w.icecast)+len(w.wowza))
	for i, s := range w.icecast {
		list = append(list, WorldServer{"icecast", fmt.Sprintf("edge%d", i+1), s.URL(), worldUser, worldPassword})
	}
	for i, s := range w.wowza {
		list = append(list, WorldServer{"wowza", fmt.Sprintf("wowza%d", i+1), s.URL(), worldUser, worldPassword})
	}
	return list
}

// Close ends all servers.
func (w *World) Close() {
	for _, s := range w.icecast {
		s.Close()
	}
	for _, s := range w.wowza {
		s.Close()
	}
}

// listeners is how many listen to a channel now: its normal audience in a slow wave, with noise.
func (w *World) listeners(normal float64) int {
	wave := 1 + 0.3*math.Sin(float64(w.tick)/40)
	return int(max(0, normal*wave*(0.95+0.1*w.random.Float64())))
}

func (w *World) fill() {
	for i, s := range w.icecast {
		for n, c := range worldChannels {
			s.SetMount(Mount{
				Name: "/" + c.name + ".mp3", Listeners: w.listeners(c.normal), Connected: w.now().Add(-time.Duration(1+i*7+n*13) * time.Hour),
				Genre: c.genre, ServerName: "Demo " + c.genre, Bitrate: "128", Title: w.title(n), IncomingBitrate: 128000, QueueSize: 65536,
				SourceIP: "127.0.0.1", UserAgent: "demo-source/1.0",
			})
		}
	}
	for i := range w.wowza {
		w.fillWowza(i)
	}
}

func (w *World) fillWowza(i int) {
	for _, c := range worldChannels {
		n := w.listeners(c.normal / 2)
		w.wowza[i].SetStream(worldVHost, worldApplication, worldInstance, Stream{
			Name: c.name + ".mp3", Cupertino: n * 6 / 10, MPEGDash: n * 3 / 10, Flash: n / 50, RTSP: n / 100,
		})
	}
}

func (w *World) title(channel int) string {
	artists := []string{"The Loopbacks", "Édith Pixel", "Queue & Drain", "Nagios Sisters"}
	return fmt.Sprintf("%s - Track %d", artists[(w.tick/20+channel)%len(artists)], 1+(w.tick/20+channel)%12)
}

// Step lets one tick pass. It fails only if a server that was down cannot come back on its port.
func (w *World) Step() error {
	w.tick++
	var errs []error
	for i, s := range w.icecast {
		for n, c := range worldChannels {
			s.Change("/"+c.name+".mp3", func(m *Mount) {
				m.Listeners = w.listeners(c.normal)
				m.ListenerConnections += int64(m.Listeners / 50)
				m.BytesRead += 16000
				m.BytesSent += 16000 * int64(m.Listeners)
				m.OutgoingKbitrate = int64(125 * m.Listeners)
				if w.tick%20 == 0 {
					m.Title = w.title(n)
				}
			})
		}
		if (w.tick+5*i)%37 == 0 {
			s.Reconnect("/" + worldChannels[w.random.IntN(len(worldChannels))].name + ".mp3")
		}
	}
	for i := range w.wowza {
		w.fillWowza(i)
	}
	last := w.icecast[len(w.icecast)-2]
	switch w.tick % 30 {
	case 20:
		errs = append(errs, last.SetDown(true))
	case 24:
		errs = append(errs, last.SetDown(false))
	}
	return errors.Join(errs...)
}
