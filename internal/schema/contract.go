package schema

// server are the tags of every point of one server.
func server(more ...Tag) []Tag {
	return append([]Tag{
		{Name: TagHost, Platform: Both, Help: "Host name of the polled URL, or the server's alias. It wins over the agent's own host tag."},
		{Name: TagPort, Platform: Both, Help: "TCP port of the polled URL, 80 or 443 where it names none."},
		{Name: TagPlatform, Platform: Both, Help: "`icecast` or `wowza`."},
	}, more...)
}

// channel are the tags of every point of one mount of one server.
func channel(more ...Tag) []Tag {
	return append(server(
		Tag{Name: TagMount, Platform: Both, Help: "The channel, spelled alike on every server: an Icecast mount with its %-escapes decoded, a Wowza stream as `/name` or the path of its URL."},
		Tag{Name: TagVHost, Platform: Wowza, Optional: true, Help: "Virtual host."},
		Tag{Name: TagApplication, Platform: Wowza, Optional: true, Help: "Application."},
		Tag{Name: TagInstance, Platform: Wowza, Optional: true, Help: "Application instance."},
		Tag{Name: TagStream, Platform: Wowza, Help: "Decoded stream name, unshortened."},
	), more...)
}

// wowzaLevel are the tags of one level of a Wowza server. A broken document may have lost a name.
func wowzaLevel(names ...string) []Tag {
	help := map[string]string{TagVHost: "Virtual host.", TagApplication: "Application.", TagInstance: "Application instance."}
	tags := server()
	for _, n := range names {
		tags = append(tags, Tag{Name: n, Platform: Wowza, Optional: true, Help: help[n]})
	}
	return tags
}

const (
	everyGather = "Every gather"
	onStats     = "On gathers that read `/admin/stats`"
	seconds     = "s"
	unix        = "Unix s"
	bits        = "bit/s"
	octets      = "bytes"
	octetRate   = "bytes/s"
)

// connections are the counters of every level of a Wowza server.
func connections(more ...Field) []Field {
	return append([]Field{
		{FieldConnectionsCurrent, Int, Gauge, "", Wowza, "Connections now: players, publishers, encoders and HTTP sessions."},
		{FieldConnectionsTotal, Int, Counter, "", Wowza, "Connections since this level started."},
		{FieldConnectionsAccepted, Int, Counter, "", Wowza, "Connections accepted since this level started."},
		{FieldConnectionsRejected, Int, Counter, "", Wowza, "Connections rejected since this level started."},
		{FieldBytesInRate, Float, Gauge, octetRate, Wowza, "Bytes per second coming in, as Wowza says."},
		{FieldBytesOutRate, Float, Gauge, octetRate, Wowza, "Bytes per second going out, as Wowza says."},
	}, more...)
}

var levelUptime = Field{FieldUptime, Float, Gauge, seconds, Wowza, "Time since this level started. An application's counters start afresh with it."}

var contract = []Measurement{
	{
		Name: MeasurementListeners, When: everyGather + ", one point per mount and server", Platform: Both, Tags: channel(),
		Help: "Who is listening where, now. When a mount is gone, one last point says 0.",
		Fields: []Field{
			{FieldCurrent, Int, Gauge, "", Both, "Listeners now; on Wowza of all protocols (`SessionsTotal`)."},
			{FieldPeak, Int, Gauge, "", Icecast, "Most listeners since the source started. On gathers that read `/admin/stats`."},
			{FieldSlow, Int, Gauge, "", Icecast, "Listeners dropped for lagging since the source started. On gathers that read `/admin/stats`."},
			{FieldMax, Int, Gauge, "", Icecast, "Listener limit of the mount; left out when unlimited. On gathers that read `/admin/stats`."},
			{FieldFlash, Int, Gauge, "", Wowza, "RTMP sessions."},
			{FieldCupertino, Int, Gauge, "", Wowza, "HLS sessions."},
			{FieldSanJose, Int, Gauge, "", Wowza, "HDS sessions."},
			{FieldSmooth, Int, Gauge, "", Wowza, "Smooth Streaming sessions."},
			{FieldRTSP, Int, Gauge, "", Wowza, "RTSP and other RTP sessions."},
			{FieldMPEGDash, Int, Gauge, "", Wowza, "MPEG-DASH sessions."},
		},
		Open: &Field{"…", Int, Gauge, "", Wowza, "One field for every other `Sessions…` element of the document, named after it in lower case."},
	},
	{
		Name: MeasurementListenersByHost, When: everyGather + ", one point per server that was read whole", Platform: Both, Tags: server(),
		Help: "The sum over one server's mounts.",
		Fields: []Field{
			{FieldCurrent, Int, Gauge, "", Both, "Listeners now, on all mounts."},
			{FieldMounts, Int, Gauge, "", Both, "Mounts or streams that the server lists."},
		},
	},
	{
		Name: MeasurementListenersByMount, When: everyGather + ", one point per mount over all servers of all blocks with `totals = true`", Platform: Both,
		Help: "The sum over all servers of one channel. When the last of them loses it, one last point says 0.",
		Tags: []Tag{
			{Name: TagMount, Platform: Both, Help: "The channel."},
			{Name: TagPlatform, Platform: Both, Optional: true, Help: "Left out when both platforms carry the channel."},
		},
		Fields: []Field{
			{FieldCurrent, Int, Gauge, "", Both, "Listeners now, on all servers that could be read."},
			{FieldHosts, Int, Gauge, "", Both, "Servers that are in this number."},
			{FieldHostsMissing, Int, Gauge, "", Both, "Servers that could not be read in this gather: if not 0, the number is partial."},
		},
	},
	{
		Name: MeasurementResponse, When: "Every request, also those that failed or were skipped", Platform: Both,
		Help: "How a request went. `result` and `result_code` are one of: `success` 0, `dns_error` 1, `connection_refused` 2, `connection_failed` 3, `timeout` 4, " +
			"`tls_error` 5, `unauthorized` 6 (401 or 403), `not_found` 7, `http_error` 8 (any other status, or a redirect that is not followed), `too_large` 9, " +
			"`invalid_document` 10 (not the document asked for, malformed or truncated), `skipped` 11 (backing off, or the gather's time was over before its turn).",
		Tags: server(
			Tag{Name: TagEndpoint, Platform: Both, Help: "`listmounts`, `stats` or `connectioncounts`."},
			Tag{Name: TagResult, Platform: Both, Help: "In one word; see above."},
		),
		Fields: []Field{
			{FieldTotalTime, Float, Gauge, seconds, Both, "The whole exchange, connect to last byte."},
			{FieldDNSTime, Float, Gauge, seconds, Both, "Name look-up. A phase that did not happen is left out."},
			{FieldConnectTime, Float, Gauge, seconds, Both, "TCP connect."},
			{FieldTLSTime, Float, Gauge, seconds, Both, "TLS handshake."},
			{FieldFirstByteTime, Float, Gauge, seconds, Both, "From the request to the first byte of the answer."},
			{FieldBytes, Int, Gauge, octets, Both, "Body bytes read, after decompression."},
			{FieldHTTPStatus, Int, Info, "", Both, "HTTP status, when there was an answer."},
			{FieldResultCode, Int, Gauge, "", Both, "Number of the result; 0 is success."},
			{FieldRecovered, Int, Gauge, "", Both, "Broken spots of the document: read around, or where its end is lost."},
			{FieldValuesDropped, Int, Gauge, "", Both, "Numbers that were refused: not a number, negative, or wrapped."},
			{FieldError, String, Info, "", Both, "What went wrong, in one line without credentials. Only when the result is not success."},
		},
	},
	{
		Name: MeasurementStreamStart, When: everyGather + ", one point per mount whose source is connected", Platform: Icecast, Tags: channel(),
		Help: "Since when a source is connected, and how often it came back.",
		Fields: []Field{
			{FieldTimestamp, Int, Info, unix, Icecast, "When the source connected: the server's own time where known, else ours minus the connected seconds."},
			{FieldUptime, Int, Gauge, seconds, Icecast, "Connected seconds."},
			{FieldRestarts, Int, Counter, "", Icecast, "Times this process saw the source come back with a new start."},
		},
	},
	{
		Name: MeasurementStreamEvent, When: "Only when something happened", Platform: Both,
		Help: "A source started, stopped or restarted. Nothing is emitted for the first document read from a server.",
		Tags: channel(Tag{Name: TagEvent, Platform: Both, Help: "`started`, `stopped` or `restarted`."}),
		Fields: []Field{
			{FieldMessage, String, Info, "", Both, "What happened, in words."},
			{FieldDowntime, Float, Gauge, seconds, Both, "Of a restart: from last seen to the new start, where known."},
		},
	},
	{
		Name: MeasurementMetadata, When: onStats + ", one point per mount", Platform: Icecast, Tags: channel(),
		Help: "Texts of a mount. Which ones is chosen by the option `metadata`.",
		Fields: []Field{
			{FieldTitle, String, Info, "", Icecast, "Title now."},
			{FieldArtist, String, Info, "", Icecast, "Artist, where the source gives it apart."},
			{FieldServerName, String, Info, "", Icecast, "Name of the station."},
			{FieldServerDescription, String, Info, "", Icecast, "Its description."},
			{FieldGenre, String, Info, "", Icecast, "Its genre."},
			{FieldContentType, String, Info, "", Icecast, "Media type of the stream."},
			{FieldListenURL, String, Info, "", Icecast, "Where to listen, as the server says."},
			{FieldSourceIP, String, Info, "", Icecast, "Address of the source. Off unless asked for."},
			{FieldUserAgent, String, Info, "", Icecast, "Program of the source. Off unless asked for."},
		},
	},
	{
		Name: MeasurementIcecastMount, When: onStats + ", one point per mount", Platform: Icecast, Tags: channel(),
		Help: "Rates and counters of a mount. Counters start afresh with the source.",
		Fields: []Field{
			{FieldBitrate, Float, Gauge, bits, Icecast, "Bit rate as the source declares it, where it is a plain number."},
			{FieldIncomingBitrate, Float, Gauge, bits, Icecast, "Bit rate measured from the source (KH)."},
			{FieldOutgoingBitrate, Float, Gauge, bits, Icecast, "Bit rate to all listeners (KH)."},
			{FieldAudioBitrate, Float, Gauge, bits, Icecast, "Nominal bit rate in the stream's own headers (Ogg)."},
			{FieldAudioSamplerate, Int, Gauge, "Hz", Icecast, "Sample rate found in the stream."},
			{FieldAudioChannels, Int, Gauge, "", Icecast, "Audio channels found in the stream."},
			{FieldTotalBytesRead, Int, Counter, octets, Icecast, "Bytes received from the source."},
			{FieldTotalBytesSent, Int, Counter, octets, Icecast, "Bytes sent to listeners."},
			{FieldListenerConnections, Int, Counter, "", Icecast, "Listeners that connected (KH)."},
			{FieldQueueSize, Int, Gauge, octets, Icecast, "Queue of the mount (KH)."},
		},
	},
	{
		Name: MeasurementIcecastServer, When: onStats + ", one point per server", Platform: Icecast, Tags: server(),
		Help: "What a server says of itself. Counters start afresh with it.",
		Fields: []Field{
			{FieldListeners, Int, Gauge, "", Icecast, "Listeners by the server's own count; on KH with those of fallback and static files."},
			{FieldClients, Int, Gauge, "", Icecast, "All connections now: listeners, sources, relays, and this collector."},
			{FieldSources, Int, Gauge, "", Icecast, "Sources connected now."},
			{FieldStats, Int, Gauge, "", Icecast, "STATS clients now."},
			{FieldBannedIPs, Int, Gauge, "", Icecast, "Banned addresses (KH)."},
			{FieldStatsConnections, Int, Gauge, "", Icecast, "STATS connections; goes down again on KH."},
			{FieldOutgoingBitrate, Float, Gauge, bits, Icecast, "Bit rate to all listeners (KH)."},
			{FieldConnections, Int, Counter, "", Icecast, "Accepted connections."},
			{FieldClientConnections, Int, Counter, "", Icecast, "Requests; each poll adds one."},
			{FieldListenerConnections, Int, Counter, "", Icecast, "Listeners that connected."},
			{FieldSourceClientConnections, Int, Counter, "", Icecast, "Sources that connected."},
			{FieldSourceRelayConnections, Int, Counter, "", Icecast, "Relays that connected to their master."},
			{FieldSourceTotalConnections, Int, Counter, "", Icecast, "Both of them."},
			{FieldFileConnections, Int, Counter, "", Icecast, "Requests for static files."},
			{FieldStreamBytesRead, Int, Counter, octets, Icecast, "Bytes received, truncated to KiB at every update (KH)."},
			{FieldStreamBytesSent, Int, Counter, octets, Icecast, "Bytes sent, truncated to KiB at every update (KH)."},
			{FieldStart, Int, Info, unix, Icecast, "When the server started, by its own clock."},
			{FieldUptime, Float, Gauge, seconds, Icecast, "Time since then."},
			{FieldVersion, String, Info, "", Icecast, "The server's name for itself (`server_id`)."},
		},
	},
	{
		Name: MeasurementWowzaServer, When: everyGather + ", one point per server", Platform: Wowza, Tags: wowzaLevel(),
		Help: "Connections of a server.", Fields: connections(),
	},
	{
		Name: MeasurementWowzaVHost, When: everyGather + ", one point per virtual host", Platform: Wowza, Tags: wowzaLevel(TagVHost),
		Help: "Connections of a virtual host.",
		Fields: connections(levelUptime,
			Field{FieldConnectionsLimit, Int, Gauge, "", Wowza, "Connection limit of the virtual host; left out when there is none."}),
	},
	{
		Name: MeasurementWowzaApplication, When: everyGather + ", one point per application that is loaded", Platform: Wowza, Tags: wowzaLevel(TagVHost, TagApplication),
		Help: "Connections of an application.", Fields: connections(levelUptime),
	},
	{
		Name: MeasurementWowzaInstance, When: everyGather + ", one point per application instance", Platform: Wowza, Tags: wowzaLevel(TagVHost, TagApplication, TagInstance),
		Help: "Connections of an application instance.", Fields: connections(levelUptime),
	},
}
