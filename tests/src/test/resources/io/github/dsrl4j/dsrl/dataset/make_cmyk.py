# Small JPEG files in the colour spaces of print, and what Pillow makes of them.
# Run: apt-get install python3-pil; python3 make_cmyk.py
import struct
from PIL import Image

SIZE = 24
image = Image.new("CMYK", (SIZE, SIZE))
image.putdata([(9 * x, 9 * y, 120 + 5 * x - 4 * y, 3 * x + 2 * y) for y in range(SIZE) for x in range(SIZE)])
image.save("cmyk_adobe.jpg", quality=97, subsampling=0)
data = open("cmyk_adobe.jpg", "rb").read()

# The marker of Adobe: FFEE, length, "Adobe", version, two flags, and last the transform: 0 is CMYK, 2 is YCCK.
start = data.index(b"\xff\xee")
length = struct.unpack(">H", data[start + 2 : start + 4])[0]
last = start + 2 + length - 1
open("ycck_adobe.jpg", "wb").write(data[:last] + b"\x02" + data[last + 1 :])
open("cmyk_plain.jpg", "wb").write(data[:start] + data[start + 2 + length :])
for name in ("cmyk_adobe", "ycck_adobe", "cmyk_plain"):
    Image.open(name + ".jpg").convert("RGB").save(name + ".png")
