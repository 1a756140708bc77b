#compdef telegraf-icecast-wowza
_arguments \
	'-config[configuration]:file:_files' \
	'-once[gather once to standard output]' \
	'-check[say what will be polled, poll nothing]' \
	'-demo[poll emulated servers inside this process]' \
	'-poll_interval[gather by itself]:duration:' \
	'-sample-config[print an example of the configuration]' \
	'-schema[print the metric contract]' \
	'-version[print the version]'
