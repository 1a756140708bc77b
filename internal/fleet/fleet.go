package fleet

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/option"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/poll"
)

// Transport is what a plugin says of its servers' HTTP, beyond the operator's options.
type Transport struct {
	Auth            poll.Auth
	PreemptiveBasic bool          // Basic goes with the first request
	KeepAlive       time.Duration // 0: the servers close after each answer
}

// Server is one server that is polled, for the life of the process or as long as DNS names it.
type Server struct {
	Endpoint
	Address string // "ip:port" behind a load-balanced name, else empty
	Client  *poll.Client
	State   any // of the plugin; nil when the server is new

	backoff backoff
}

// Label names the server in logs: host:port of the URL, and the address where it is one of several.
func (s *Server) Label() string {
	label := net.JoinHostPort(s.Host, s.Port)
	if s.Address != "" && s.Address != label {
		label += " (" + s.Address + ")"
	}
	return label
}

// Visitor polls one server. Its methods are called by many goroutines, for one server by one at a time. Visit returns whether the server was read. Skip is called instead of
// Visit for a server that is not asked in this gather.
type Visitor interface {
	Visit(ctx context.Context, s *Server) bool
	Skip(s *Server, why string)
	// Unresolved is called for a load-balanced name that could not be looked up and of which no address is
	// known. The Server stands for the name and has no Client.
	Unresolved(s *Server, err error)
}

// Fleet is the servers of one block. Each is called by one goroutine at a time.
type Fleet struct {
	options   *Options
	transport Transport
	tls       *tls.Config
	proxy     func(*http.Request) (*url.URL, error)
	shared    *http.Transport // of servers whose connections are not kept
	lookup    func(ctx context.Context, host string) ([]netip.Addr, error)

	sets []*set // one per configured URL
}

// New builds the servers of validated options.
func New(o *Options, t Transport) (*Fleet, error) {
	f := &Fleet{options: o, transport: t, lookup: lookupIP}
	var err error
	if f.tls, err = o.TLSConfig(); err != nil {
		return nil, option.Errorf("tls_ca", "%w", err)
	}
	proxy, err := o.Proxy()
	if err != nil {
		return nil, option.Errorf("http_proxy_url", "not a URL: write http://proxy.example.net:3128")
	}
	f.proxy = proxy
	if t.KeepAlive == 0 {
		f.shared = poll.NewTransport(f.tls, f.proxy, 0)
	}
	for _, e := range o.endpoints {
		if o.Resolve == ResolveAll {
			f.sets = append(f.sets, &set{name: &Server{Endpoint: e}})
			continue
		}
		server, err := f.server(e, "")
		if err != nil {
			return nil, err
		}
		f.sets = append(f.sets, &set{servers: []*Server{server}})
	}
	return f, nil
}

// server makes one server with its HTTP client. An empty address lets the client look the name up.
func (f *Fleet) server(e Endpoint, address string) (*Server, error) {
	config := poll.Config{
		Base:            e.URL,
		Username:        e.Username,
		Password:        e.Password,
		Auth:            f.transport.Auth,
		PreemptiveBasic: f.transport.PreemptiveBasic,
		TLS:             f.tls,
		Proxy:           f.proxy,
		Transport:       f.shared,
		DialAddress:     address,
		KeepAlive:       f.transport.KeepAlive,
		MaxBody:         int64(f.options.MaxBodySize),
		UserAgent:       "telegraf-icecast-wowza",
	}
	if e.Password == "" {
		config.PasswordFile = f.options.PasswordFile
	}
	client, err := poll.NewClient(config)
	if err != nil {
		return nil, option.Errorf("password_file", "%w", err)
	}
	return &Server{Endpoint: e, Address: address, Client: client}, nil
}

// Each visits every server once and returns when all have been visited or skipped. The gather lasts no longer than the
// timeout option; what has not had its turn by then is skipped. Servers that were read last time come first, so that
// dead ones never hold the places that living ones need; otherwise the order is that of the configuration.
func (f *Fleet) Each(ctx context.Context, at time.Time, v Visitor) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(f.options.Timeout))
	defer cancel()
	queue := f.queue(at, v)
	unknown := f.dueNames(at)
	workers := min(f.options.MaxConcurrent, len(queue))
	if len(unknown) > 0 {
		workers = f.options.MaxConcurrent // nobody knows how many servers there will be
	}
	turns := make(chan *Server)
	var producers, all sync.WaitGroup
	producers.Go(func() {
		for _, s := range queue {
			turns <- s
		}
	})
	for _, name := range unknown {
		producers.Go(func() { f.lookUp(ctx, at, name, v, turns) })
	}
	all.Go(func() { producers.Wait(); close(turns) })
	for range workers {
		all.Go(func() {
			for s := range turns {
				f.visit(ctx, at, s, v)
			}
		})
	}
	all.Wait()
	f.adopt()
}

// queue returns the known servers to ask, in order, and skips those that are backing off.
func (f *Fleet) queue(at time.Time, v Visitor) []*Server {
	var well, failing []*Server
	for _, set := range f.sets {
		for _, s := range set.servers {
			switch {
			case s.backoff.failures == 0:
				well = append(well, s)
			case s.backoff.due(at):
				failing = append(failing, s)
			default:
				v.Skip(s, fmt.Sprintf("backing off after %d failures in a row", s.backoff.failures))
			}
		}
	}
	return append(well, failing...)
}

func (f *Fleet) visit(ctx context.Context, at time.Time, s *Server, v Visitor) {
	if ctx.Err() != nil {
		v.Skip(s, "the gather's time was over before its turn; raise timeout or max_concurrent")
		return
	}
	if v.Visit(ctx, s) {
		s.backoff.succeeded()
	} else if ctx.Err() != context.Canceled {
		s.backoff.failed(at)
	}
}

// Close closes the clients of all servers.
func (f *Fleet) Close() {
	for _, set := range f.sets {
		for _, s := range set.servers {
			s.Client.Close()
		}
	}
}
