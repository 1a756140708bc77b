package report

import (
	"fmt"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/fleet"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/poll"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/stream"
)

// Server is what is the same of every server between gathers: its name, its tags, and what was said of it in the log.
type Server struct {
	Label string       // host:port, and the address behind a load-balanced name
	Base  *emit.Series // host, port, platform

	endpoints []*endpoint // a few
}

// endpoint is one document of a server.
type endpoint struct {
	name      string
	responses []response // a few: most servers have one result all their life
	trouble   trouble
}

// response is the tags of one result.
type response struct {
	result poll.Result
	series *emit.Series
}

// endpoint returns the one of a name, new at the first exchange.
func (s *Server) endpoint(name string) *endpoint {
	for _, e := range s.endpoints {
		if e.name == name {
			return e
		}
	}
	e := &endpoint{name: name}
	s.endpoints = append(s.endpoints, e)
	return e
}

// response returns the tags of a result, made when it is new.
func (e *endpoint) response(base *emit.Series, result poll.Result) *emit.Series {
	for _, r := range e.responses {
		if r.result == result {
			return r.series
		}
	}
	series := emit.NewSeries(base, emit.Tag{Key: schema.TagEndpoint, Value: e.name}, emit.Tag{Key: schema.TagResult, Value: result.String()})
	e.responses = append(e.responses, response{result, series})
	return series
}

// NewServer names a server of a platform. tags are the block's own.
func NewServer(s *fleet.Server, platform string, tags *emit.Series) *Server {
	return &Server{
		Label: s.Label(),
		Base: emit.NewSeries(tags,
			emit.Tag{Key: schema.TagHost, Value: s.Alias},
			emit.Tag{Key: schema.TagPort, Value: s.Port},
			emit.Tag{Key: schema.TagPlatform, Value: platform}),
	}
}

// Exchange emits the response point of one exchange, and says in the log what is new about it. recovered and dropped
// are the document's.
func (g *Gather) Exchange(s *Server, p *emit.Point, name string, ex *poll.Exchange, recovered, dropped int) {
	e := s.endpoint(name)
	e.trouble.note(g, s.Label+": "+name, ex)
	p.Reset(schema.MeasurementResponse, e.response(s.Base, ex.Result), g.At)
	exchangeFields(p, ex)
	if recovered > 0 {
		p.Int(schema.FieldRecovered, int64(recovered))
	}
	if dropped > 0 {
		p.Int(schema.FieldValuesDropped, int64(dropped))
	}
	g.Sink.Add(p)
}

func exchangeFields(p *emit.Point, ex *poll.Exchange) {
	if ex.Result != poll.Skipped {
		p.Float(schema.FieldTotalTime, ex.Time.Seconds())
		p.Int(schema.FieldBytes, ex.Bytes)
	}
	for _, phase := range [...]struct {
		field    string
		happened bool
		took     time.Duration
	}{
		{schema.FieldDNSTime, ex.HasDNS, ex.DNS},
		{schema.FieldConnectTime, ex.HasConnect, ex.Connect},
		{schema.FieldTLSTime, ex.HasTLS, ex.TLS},
		{schema.FieldFirstByteTime, ex.HasFirstByte, ex.FirstByte},
	} {
		if phase.happened {
			p.Float(phase.field, phase.took.Seconds())
		}
	}
	if ex.HTTPStatus != 0 {
		p.Int(schema.FieldHTTPStatus, int64(ex.HTTPStatus))
	}
	p.Int(schema.FieldResultCode, int64(ex.Result))
	if ex.Err != nil {
		p.String(schema.FieldError, ex.Err.Error())
	}
}

// Skipped emits the response point of a server that is not asked in this gather; the totals are without it.
func (g *Gather) Skipped(s *Server, endpoint, why string) {
	g.NotRead(s, endpoint, &poll.Exchange{Result: poll.Skipped, Err: fmt.Errorf("not asked: %s", why)})
}

// NotRead emits the response point of an exchange that did not take place; the totals are without the server.
func (g *Gather) NotRead(s *Server, endpoint string, ex *poll.Exchange) {
	g.Exchange(s, &emit.Point{}, endpoint, ex, 0, 0)
	g.Missing(s)
}

// Missing tells the totals that a server is not in them.
func (g *Gather) Missing(s *Server) { g.counted(s, false, nil) }

func (g *Gather) counted(s *Server, complete bool, counts []stream.Count) {
	if g.Totals != nil {
		g.Totals.Set(s.Label, !complete, counts)
	}
	if !complete && g.joint != nil {
		g.joint.Unread()
	}
}

// Host emits the sum over one server's mounts, if the document was complete, and tells the totals what each has.
func (g *Gather) Host(s *Server, p *emit.Point, complete bool, current, mounts int64, counts []stream.Count) {
	if complete {
		p.Reset(schema.MeasurementListenersByHost, s.Base, g.At)
		p.Int(schema.FieldCurrent, current)
		p.Int(schema.FieldMounts, mounts)
		g.Sink.Add(p)
	}
	g.counted(s, complete, counts)
}

// Event emits what happened to a channel, if anything did.
func (g *Gather) Event(p *emit.Point, series *emit.Series, c *stream.Channel) {
	if c.Event == stream.None {
		return
	}
	p.Reset(schema.MeasurementStreamEvent, emit.NewSeries(series, emit.Tag{Key: schema.TagEvent, Value: c.Event.String()}), g.At)
	switch {
	case c.Event == stream.Restarted && c.Downtime > 0:
		p.String(schema.FieldMessage, "source restarted, it was away for "+c.Downtime.Round(time.Second).String())
		p.Float(schema.FieldDowntime, c.Downtime.Seconds())
	case c.Event == stream.Restarted:
		p.String(schema.FieldMessage, "source restarted")
	case c.Event == stream.Started:
		p.String(schema.FieldMessage, "stream started")
	default:
		p.String(schema.FieldMessage, "stream stopped")
	}
	g.Sink.Add(p)
}
