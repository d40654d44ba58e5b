"""The least a Streamlit app can be: what the dashboard's speed is measured against."""

import streamlit as st

st.title("Empty app")
st.write(st.selectbox("Area", [f"Area {number}" for number in range(12)]))
