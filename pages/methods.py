"""What do the figures mean, how are they made, and what can they not say?"""

from ui import frame

page = frame.enter("methods")
